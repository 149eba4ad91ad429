import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Complaint, check, compilers } from '../compiler/typescript-versions.ts'
import { configure, resolutions } from './configure.ts'
import { type Consumer, consumer, pack, remove, temporary } from './install.ts'
import { claimAt, exampleClaim, libOfDisposable, typesOfWs } from './readme.ts'

// Compilers are slow where other tests run beside them.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let packed: string
let tarball: string
/** A project that has the types too that the README names. */
let informed: Consumer
beforeAll(async () => {
  packed = await temporary()
  tarball = await pack(packed)
  informed = await consumer(tarball, typesOfWs)
})
afterAll(async () => {
  if (informed) await remove(informed.dir)
  if (packed) await remove(packed)
})

/** Those of tRPC speak of Node's http, of ws and of Disposable, which nobody needs to have. */
function notOfTrpc({ file }: Complaint): boolean {
  return !file.startsWith('node_modules/@trpc/')
}

describe.each(compilers)('with %s', (_, compiler) => {
  describe.each(resolutions)('resolving as %s', (_, resolution) => {
    const right = claimAt('http://localhost:3000', 'token')

    test('the claim of the README compiles, and not with a case missing, impossible or misspelt', async () => {
      await informed.write('right.ts', right)
      await informed.write('missing.ts', right.replace(/^ +USERNAME_HELD: .*\n/m, ''))
      await informed.write(
        'impossible.ts',
        right.replace(/^( +)otherwise/m, "$1PROFILE_CHANGED: () => '',\n$1otherwise"),
      )
      await informed.write('misspelt.ts', right.replace('USERNAME_RESERVED:', 'USERNAME_RESERVD:'))
      const informedOf = { ...resolution, lib: ['es2022', 'dom', libOfDisposable] }
      await configure(informed, informedOf, ['right.ts', 'missing.ts', 'impossible.ts', 'misspelt.ts'])
      expect((await check(compiler, informed.dir)).sort(byFile)).toEqual([
        {
          file: 'impossible.ts',
          line: lineOf('otherwise'),
          message: expect.stringMatching('This call cannot end in PROFILE_CHANGED'),
        },
        {
          file: 'missing.ts',
          line: lineOf('match(error'),
          message: expect.stringMatching("'USERNAME_HELD' is missing"),
        },
        {
          file: 'misspelt.ts',
          line: lineOf('USERNAME_RESERVED'),
          message: expect.stringMatching("'USERNAME_RESERVD' does not exist"),
        },
      ])
    })
  })
})

function byFile(one: Complaint, other: Complaint): number {
  return one.file < other.file ? -1 : 1
}

/** Where something stands in the README's claim, below the line with the token. */
function lineOf(text: string): number {
  return exampleClaim.split('\n').findIndex((line) => line.includes(text)) + 2
}

describe('with React', () => {
  let page: Consumer
  beforeAll(async () => {
    page = await consumer(
      tarball,
      'react@19',
      '@types/react@19',
      '@tanstack/react-query@5',
      '@trpc/tanstack-react-query@11.22.1',
    )
    await page.write('Claim.tsx', component)
  })
  afterAll(() => page && remove(page.dir))

  test.each(compilers)(
    "%s finds nothing wrong with any declaration but some of tRPC's",
    async (_, compiler) => {
      const [, options] = resolutions[1]
      await configure(page, { ...options, jsx: 'react-jsx' }, ['Claim.tsx'])
      expect((await check(compiler, page.dir)).filter(notOfTrpc)).toEqual([])
    },
  )

  test.each(compilers)('%s can name all that a project infers and exports', async (_, compiler) => {
    const [, options] = resolutions[1]
    await page.write('wrapped.tsx', wrapping)
    const emitting = { jsx: 'react-jsx', declaration: true, skipLibCheck: true }
    await configure(page, { ...options, ...emitting }, ['wrapped.tsx'])
    expect(await check(compiler, page.dir)).toEqual([])
  })
})

const wrapping = `
import { useMutation, useQuery } from '@tanstack/react-query'
import { type AppRouter, createDibsClient, type ErrorOf, failureOf, safe } from 'dibs'
import { useDibs } from 'dibs/react'

export const dibs = createDibsClient({ url: '' })
export const claim = (username: string) => safe(dibs.profile.claimUsername.mutate({ username }))
export const read = (error: ErrorOf<AppRouter['profile']['claimUsername']>) => failureOf(error)
export const useClaim = () => useMutation(useDibs().profile.claimUsername.mutationOptions())
export const useMe = () => useQuery(useDibs().profile.me.queryOptions())
`

const component = `
import { useMutation } from '@tanstack/react-query'
import { match } from 'dibs'
import { useDibs } from 'dibs/react'

export function Claim() {
  const claim = useMutation(useDibs().profile.claimUsername.mutationOptions())
  if (claim.error === null) return <button onClick={() => claim.mutate({ username: 'neo' })}>Claim</button>
  // @ts-expect-error there are more cases
  match(claim.error, { otherwise: () => '' })
  return <p>{match(claim.error, ${/\{\n +USERNAME_TAKEN[\s\S]*?\n +\}/.exec(exampleClaim)?.[0]})}</p>
}
`
