import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Served, serve } from '../failures/serving.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
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
      'client/failure',
      'client/index',
      'client/one-key-per-call',
      'client/react',
      'client/repeating',
      'client/watching',
      'shared/failures',
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

  test('can be required by CommonJS too', async () => {
    const script = "process.stdout.write(Object.keys(require('dibs')).sort().join())"
    const { stdout } = await run(process.execPath, ['--input-type=commonjs', '-e', script], { cwd: app.dir })
    expect(stdout).toBe('Username,createDibsClient,failureOf,match,safe,usernameKey')
  })
})

describe('in plain Node, against a running Dibs', () => {
  let database: TestDatabase
  let served: Served
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    served = await serve(database)
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })

  test('the claim of the README wins once, and then says what else is free', async () => {
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
})
