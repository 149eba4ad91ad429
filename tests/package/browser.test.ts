import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DibsClientOptions } from '../../client/index.ts'
import { type Served, serve } from '../failures/serving.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { type Consumer, consumer, pack, remove, temporary } from './install.ts'

const entry = `
import { createDibsClient, match, safe } from 'dibs'
globalThis.claim = async (options, username) => {
  const dibs = createDibsClient(options)
  const [done, error] = await safe(dibs.profile.claimUsername.mutate({ username }))
  if (done) return done.username
  return match(error, { USERNAME_TAKEN: ({ payload }) => payload.suggestions.length, otherwise: ({ kind }) => kind })
}
`

/** What there is in every browser and in React Native: no window, no streams, no AbortSignal.any, no Node. */
const everywhere = {
  AbortController,
  Blob,
  clearTimeout,
  fetch: plainFetch,
  FormData,
  setTimeout,
  URL,
  URLSearchParams,
}

/** A fetch as React Native has it: the answer comes whole, without a stream to read. */
async function plainFetch(input: string, init: RequestInit) {
  const response = await fetch(input, init)
  const { status, ok, headers } = response
  const text = await response.text()
  return { status, ok, headers, text: async () => text, json: async () => JSON.parse(text) }
}

type Claim = (options: DibsClientOptions, username: string) => Promise<unknown>

describe('the package bundled for a browser', () => {
  let packed: string
  let app: Consumer
  let bundle: string
  let database: TestDatabase
  let served: Served
  beforeAll(async () => {
    packed = await temporary()
    app = await consumer(await pack(packed))
    await app.write('entry.js', entry)
    bundle = await bundled(app.dir)
    database = await openTestDatabase('embedded')
    served = await serve(database)
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
    if (app) await remove(app.dir)
    if (packed) await remove(packed)
  })

  test('holds nothing of Node, of Prisma or of the server', () => {
    expect(bundle).toContain('USERNAME_TAKEN')
    expect(bundle).not.toMatch(/__vite-browser-external|require\(|\bimport\b|from ["']|node:|prisma|fastify/i)
  })

  test.each(['single', 'batch'] as const)(
    'claims and loses where there is neither window nor a stream (%s)',
    async (transport) => {
      const { claim } = runInContext(`${bundle};globalThis`, createContext({ ...everywhere })) as {
        claim: Claim
      }
      const options = () => ({ url: served.url, token: randomUUID(), transport })
      const username = `native-${transport}`
      expect(await claim(options(), username)).toBe(username)
      expect(await claim(options(), username)).toBe(5)
    },
  )
})

async function bundled(dir: string): Promise<string> {
  const outputs = await build({
    root: dir,
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      minify: false,
      lib: { entry: join(dir, 'entry.js'), formats: ['iife'], name: 'app' },
    },
  })
  const [first] = [outputs].flat()
  if (first === undefined || !('output' in first)) throw new Error('vite built nothing')
  return first.output.map((part) => ('code' in part ? part.code : '')).join('\n')
}
