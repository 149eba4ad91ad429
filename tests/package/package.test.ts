import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { check, compilers } from '../compiler/typescript-versions.ts'
import { onServed } from '../failures/on-served.ts'
import { bundleIn, claimOf } from './bundle.ts'
import { configure, resolutions } from './configure.ts'
import { type Consumer, consumer, contents, pack, remove, temporary } from './install.ts'
import { claimAt } from './readme.ts'

const run = promisify(execFile)

let packed: string
let tarball: string
/** A project that installed Dibs, and nothing else. */
let app: Consumer
beforeAll(async () => {
  packed = await temporary()
  tarball = await pack(packed)
  app = await consumer(tarball)
})
afterAll(async () => {
  if (app) await remove(app.dir)
  if (packed) await remove(packed)
})

describe('the package', () => {
  test('holds the client and what it needs to know of the server, and nothing else', async () => {
    const modules = [
      'client/address',
      'client/failure',
      'client/headers',
      'client/in-time',
      'client/index',
      'client/kept-to-person',
      'client/length',
      'client/not-sent',
      'client/one-key-per-call',
      'client/react',
      'client/refused',
      'client/repeating',
      'client/watching',
      'shared/failures',
      'shared/instant',
      'shared/username',
      'shared/wire',
    ]
    expect(await contents(tarball)).toEqual(
      [
        ...modules.flatMap((name) => [`dist/package/${name}.js`, `dist/package/${name}.d.ts`]),
        'dist/package/server/router.d.ts',
        'dist/package/server/trpc/shape.d.ts',
        'LICENSE',
        'README.md',
        'package.json',
      ].sort(),
    )
  })

  test('imports only what it depends on', async () => {
    const dist = join(app.dir, 'node_modules', 'dibs', 'dist')
    const files = (await readdir(dist, { recursive: true })).filter((name) => /\.(js|d\.ts)$/.test(name))
    const imports = await Promise.all(
      files.map(async (name) => {
        const text = await readFile(join(dist, name), 'utf8')
        return [...text.matchAll(/(?:from |import\()['"]([^.'"][^'"]*)['"]/g)].map(([, module]) => module)
      }),
    )
    expect(new Set(imports.flat())).toEqual(
      new Set([
        '@trpc/client',
        '@trpc/server',
        '@trpc/server/observable',
        '@trpc/tanstack-react-query',
        'zod/mini',
      ]),
    )
  })

  test('brings tRPC and Zod, and neither Prisma nor a server nor React', async () => {
    const names = await app.installed()
    expect(names.filter((name) => !/typescript/.test(name)).sort()).toEqual([
      '@trpc/client',
      '@trpc/server',
      'dibs',
      'zod',
    ])
  })

  test('takes any later version of them that breaks nothing, as a project may have for itself', async () => {
    const manifest = await readFile(join(app.dir, 'node_modules', 'dibs', 'package.json'), 'utf8')
    const { dependencies, peerDependencies } = JSON.parse(manifest)
    for (const [name, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
      expect(`${name} ${range}`).toMatch(/ (\^|>=)\d/)
    }
  })

  test.each(compilers)(
    'holds nothing wrong for %s where declarations are not checked',
    async (_, compiler) => {
      const [[, resolution]] = resolutions
      await app.write('right.ts', claimAt('http://localhost:3000', 'token'))
      await configure(app, { ...resolution, skipLibCheck: true }, ['right.ts'])
      expect(await check(compiler, app.dir)).toEqual([])
    },
  )

  test('can be required by CommonJS too', async () => {
    const script = "process.stdout.write(Object.keys(require('dibs')).sort().join())"
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', script], { cwd: app.dir })
    expect(stdout).toBe('Username,createDibsClient,failureOf,match,safe,usernameKey')
  })
})

describe('against a running Dibs', () => {
  const served = onServed()

  test('the claim of the README in plain Node wins once, and then says what else is free', async () => {
    const says: string[] = []
    for (const token of ['first', 'second', 'first']) {
      // What its TypeScript has beyond JavaScript, it has none of: it runs as it stands.
      await app.write(`${token}.js`, claimAt(served.url, token))
      says.push((await run(process.execPath, [`${token}.js`], { cwd: app.dir })).stdout.trim())
    }
    expect(says).toEqual([
      'You are @neo.',
      expect.stringMatching(/^Taken\. How about \S*neo\S*, .*\?$/),
      'You are @neo.',
    ])
  })

  describe('bundled for a browser', () => {
    let bundle: string
    beforeAll(async () => {
      bundle = await bundleIn(app)
    })

    test('it holds nothing of Node, of Prisma or of the server', () => {
      expect(bundle).toContain('USERNAME_TAKEN')
      expect(bundle).not.toMatch(
        /__vite-browser-external|require\(|\bimport\b|from ["']|node:|prisma|fastify/i,
      )
    })

    test.each(['single', 'batch'] as const)(
      'it claims and loses where there is neither window nor a stream (%s)',
      async (transport) => {
        const claim = claimOf(bundle)
        const options = () => ({ url: served.url, token: randomUUID(), transport })
        const username = `native-${transport}`
        expect(await claim(options(), username)).toBe(username)
        expect(await claim(options(), username)).toBe(5)
      },
    )
  })
})
