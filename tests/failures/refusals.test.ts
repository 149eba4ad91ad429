import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { mostCallsInBatch } from '../../shared/wire.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { clientFor, failureFrom, type Served, serve, transports } from './serving.ts'

const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/)

/** A fetch that changes the request on its way, as a mistaken caller would send it. */
function changing(change: (url: string, init: RequestInit) => [string, RequestInit]): typeof fetch {
  return (input, init = {}) => fetch(...change(String(input), init))
}

let database: TestDatabase
let served: Served
beforeAll(async () => {
  database = await openTestDatabase('embedded')
  served = await serve(database, { rateLimits: true })
})
afterAll(async () => {
  await served?.close()
  await database?.close()
})

describe.each(transports)('a request that is refused before its procedure, sent as %s,', (transport) => {
  function form(...sentences: string[]) {
    return { kind: 'INVALID_INPUT', payload: { fields: {}, form: sentences }, requestId }
  }

  test('reads as INVALID_INPUT when its body is too large (413)', async () => {
    const { profile } = clientFor(served, { transport })
    const bio = 'x'.repeat(64 * 1024)
    expect(await failureFrom(profile.update.mutate({ bio, version: 0 }))).toMatchObject(
      form('The request is too large.'),
    )
  })

  test('reads as INVALID_INPUT when it is not JSON by its content type (415)', async () => {
    const fetch = changing((url, init) => [
      url,
      { ...init, headers: { ...Object(init.headers), 'content-type': 'text/plain' } },
    ])
    const { profile } = clientFor(served, { transport, fetch })
    expect(await failureFrom(profile.claimUsername.mutate({ username: 'plain' }))).toMatchObject(
      form('Send JSON, with the content type application/json.'),
    )
  })

  test('reads as INVALID_INPUT when its body is cut off (400)', async () => {
    const fetch = changing((url, init) => [url, { ...init, body: String(init.body).slice(0, -1) }])
    const { profile } = clientFor(served, { transport, fetch })
    expect(await failureFrom(profile.claimUsername.mutate({ username: 'short' }))).toMatchObject({
      kind: 'INVALID_INPUT',
      requestId,
    })
  })

  test('reads as INVALID_INPUT when a mutation is sent with GET (405)', async () => {
    const fetch = changing((url, { headers = {} }) => [url, { headers }])
    const { profile } = clientFor(served, { transport, fetch })
    expect(await failureFrom(profile.claimUsername.mutate({ username: 'getter' }))).toMatchObject(
      form('Send queries with GET and mutations with POST.'),
    )
  })

  test('reads as NOT_FOUND when there is no such procedure (404)', async () => {
    const fetch = changing((url, init) => [url.replace('profile.me', 'profile.__proto__'), init])
    const { profile } = clientFor(served, { transport, fetch })
    expect(await failureFrom(profile.me.query())).toMatchObject({ kind: 'NOT_FOUND', requestId })
  })

  test('reads as RATE_LIMITED, with how long to wait, when it is one of too many (429)', async () => {
    const { profile } = clientFor(served, { transport, token: randomUUID() })
    await Promise.all(
      Array.from({ length: 30 }, () => profile.claimUsername.mutate({ username: 'many' }).catch(() => {})),
    )
    expect(await failureFrom(profile.claimUsername.mutate({ username: 'more' }))).toMatchObject({
      kind: 'RATE_LIMITED',
      payload: { retryAfterMs: expect.toSatisfy((ms) => ms > 0 && ms <= 60_000) },
      requestId,
    })
  })

  test('reads as FORBIDDEN when another site sends it with a cookie (403)', async () => {
    const fetch = changing((url, init) => [
      url,
      { ...init, headers: { ...Object(init.headers), cookie: 'a=b', origin: 'https://elsewhere.example' } },
    ])
    const { profile } = clientFor(served, { transport, fetch })
    expect(await failureFrom(profile.claimUsername.mutate({ username: 'foreign' }))).toMatchObject({
      kind: 'FORBIDDEN',
      requestId,
    })
  })
})

describe('a batch of too many calls', () => {
  test.each(['batch', 'stream'] as const)('is never sent by a client of ours (%s)', async (transport) => {
    const sizes: number[] = []
    const { profile } = clientFor(served, {
      transport,
      fetch(input, init) {
        sizes.push(new URL(String(input)).pathname.split(',').length)
        return fetch(input, init)
      },
    })
    await Promise.all(Array.from({ length: mostCallsInBatch * 2 + 1 }, () => profile.me.query()))
    expect(sizes.reduce((sum, size) => sum + size)).toBe(mostCallsInBatch * 2 + 1)
    expect(Math.max(...sizes)).toBe(mostCallsInBatch)
  })

  test('of somebody else is refused as a whole, with a request id', async () => {
    const paths = Array(mostCallsInBatch + 1).fill('profile.me')
    const { profile } = createDibsClient({
      url: served.url,
      fetch: () => fetch(`${served.url}/trpc/${paths.join()}?batch=1&input={}`),
    })
    expect(await failureFrom(profile.me.query())).toMatchObject({
      kind: 'INVALID_INPUT',
      payload: { fields: {}, form: ['Send at most 20 calls in one batch.'] },
      requestId,
    })
  })
})
