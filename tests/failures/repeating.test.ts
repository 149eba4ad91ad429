import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { MutationObserver, QueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AppRouter } from '../../client/index.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { type LossyProxy, lossyProxy } from '../support/lossy-proxy.ts'
import { clientFor, failureFrom, type Served, serve, transports } from './serving.ts'

/** A fetch that counts what is sent, keeps the idempotency keys in it, and can hold a request back. */
function watching() {
  const keys: (string | undefined)[] = []
  const holds = new Map<number, Promise<void>>()
  return {
    keys,
    holdBack(at: number, until: Promise<void>) {
      holds.set(at, until)
    },
    async fetch(input: RequestInfo | URL, init?: RequestInit) {
      keys.push(String(init?.body).match(/"idempotencyKey":"([^"]+)"/)?.[1])
      await holds.get(keys.length)
      return fetch(input, init)
    },
  }
}

describe.each(engines)('a call whose answer is lost, on %s,', (engine) => {
  let database: TestDatabase
  let served: Served
  let proxy: LossyProxy
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    served = await serve(database)
    proxy = await lossyProxy(served.url)
  })
  afterAll(async () => {
    await proxy?.close()
    await served?.close()
    await database?.close()
  })

  const changesOf = (personId: string) => database.prisma.usernameChange.count({ where: { personId } })
  const currentOf = async (id: string) =>
    (await database.prisma.profile.findUnique({ where: { id } }))?.usernameKey

  describe.each(transports)('sent as %s,', (transport) => {
    test('is sent again with its key, and claims or releases once', async () => {
      const token = randomUUID()
      const { fetch, keys } = watching()
      const { profile } = clientFor(proxy, { transport, token, fetch })
      const username = freshName('lossy')
      proxy.loseNextAnswer()
      expect(await profile.claimUsername.mutate({ username })).toMatchObject({ username, key: username })
      expect(keys).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/), keys[0]])
      expect(await changesOf(token)).toBe(1)
      proxy.loseNextAnswer()
      expect(await profile.releaseUsername.mutate({})).toMatchObject({ released: username })
      expect(keys).toHaveLength(4)
      expect(keys[3]).toBe(keys[2])
      expect(keys[2]).not.toBe(keys[0])
      expect(await changesOf(token)).toBe(2)
    })

    test('does not rename back when it is sent again late, after its person moved on', async () => {
      const token = randomUUID()
      const sent = watching()
      const slow = clientFor(proxy, { transport, token, fetch: sent.fetch }).profile
      const elsewhere = clientFor(served, { token }).profile
      const [first, second] = [freshName('first'), freshName('second')]
      let letGo = () => {}
      const released = new Promise<void>((resolve) => {
        letGo = resolve
      })
      sent.holdBack(2, released)
      proxy.loseNextAnswer()
      const claim = slow.claimUsername.mutate({ username: first })
      await expect.poll(() => sent.keys.length).toBe(2)
      await elsewhere.claimUsername.mutate({ username: second })
      letGo()
      expect(await claim).toMatchObject({ username: first })
      expect(await currentOf(token)).toBe(second)
      expect((await elsewhere.me.query()).username).toBe(second)
    })

    test('is sent again for a query', async () => {
      const { fetch, keys } = watching()
      proxy.loseNextAnswer()
      const { profile } = clientFor(proxy, { transport, fetch })
      expect(await profile.me.query()).toMatchObject({ username: null })
      expect(keys).toHaveLength(2)
    })

    test('is sent once for a mutation without a key', async () => {
      const token = randomUUID()
      const { fetch, keys } = watching()
      const { profile } = clientFor(proxy, { transport, token, fetch })
      proxy.loseNextAnswer()
      const failure = await failureFrom(profile.update.mutate({ bio: 'Once', version: 0 }))
      expect(failure.kind).toBe('NO_ANSWER')
      expect(keys).toEqual([undefined])
      // Of a stream the beginning is lost, while the change is still on its way.
      await expect.poll(() => profile.me.query()).toMatchObject({ bio: 'Once', version: 1 })
    })

    test('is sent again for TanStack Query too', async () => {
      const token = randomUUID()
      const { fetch, keys } = watching()
      const client = clientFor(proxy, { transport, token, fetch })
      const queryClient = new QueryClient()
      const dibs = createTRPCOptionsProxy<AppRouter>({ client, queryClient })
      const username = freshName('tanstack')
      const claim = new MutationObserver(queryClient, dibs.profile.claimUsername.mutationOptions())
      proxy.loseNextAnswer()
      expect(await claim.mutate({ username })).toMatchObject({ username })
      expect(keys).toEqual([expect.any(String), keys[0]])
      proxy.loseNextAnswer()
      expect(await queryClient.fetchQuery(dibs.profile.me.queryOptions())).toMatchObject({ username })
    })
  })

  test('is sent again by itself when it was one of a batch', async () => {
    const { fetch, keys } = watching()
    const token = randomUUID()
    const { profile } = clientFor(proxy, { transport: 'batch', token, fetch })
    const username = freshName('batched')
    proxy.loseNextAnswer()
    const [claim, update] = await Promise.allSettled([
      profile.claimUsername.mutate({ username }),
      profile.update.mutate({ bio: 'Batched', version: 0 }),
    ])
    expect(claim).toMatchObject({ status: 'fulfilled', value: { username } })
    expect(update.status).toBe('rejected')
    expect(keys).toHaveLength(2)
    expect(await profile.me.query()).toMatchObject({ username, bio: 'Batched', version: 1 })
  })

  test.runIf(engine === 'postgresql')('is sent again when the database was away', async () => {
    const token = randomUUID()
    const { fetch, keys } = watching()
    const { profile } = clientFor(served, { token, fetch })
    await profile.claimUsername.mutate({ username: freshName('origin') })
    const held = await lock(database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [token])
    const username = freshName('away')
    const claim = profile.claimUsername.mutate({ username })
    await held.waiting(1)
    await held.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    await expect.poll(() => keys.length).toBe(3)
    await held.release()
    expect((await claim).previous).toMatch(/^origin-/)
    expect(keys[2]).toBe(keys[1])
    expect(await changesOf(token)).toBe(3)
  })
})

describe.each(transports)('a call that does not succeed, sent as %s,', (transport) => {
  let server: Server
  let answer: RequestListener
  let arrivals: number
  let url: string
  beforeEach(async () => {
    arrivals = 0
    server = createServer((request, response) => {
      arrivals += 1
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const breaking: RequestListener = (request) => request.socket.destroy()
  /** As Dibs answers a request that it refuses as a whole. */
  function refusing(httpStatus: number, kind: string, payload: unknown): RequestListener {
    const data = { code: 'X', httpStatus, kind, payload, requestId: randomUUID() }
    const body = JSON.stringify({ error: { message: kind, code: -32000, data } })
    return (_, response) => response.writeHead(httpStatus, { 'content-type': 'application/json' }).end(body)
  }

  test.each([
    [3, {}],
    [1, { retries: 0 }],
    [2, { retries: 1 }],
  ])('is sent %i times with %o', async (times, options) => {
    answer = breaking
    const { profile } = clientFor({ url }, { transport, ...options })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(times)
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(2 * times)
  })

  test.each([
    ['somebody else', 'bob'],
    ['nobody', undefined],
  ])('is sent once when %s is shown by the time it would be sent again', async (_, next) => {
    let shown: string | undefined = 'ann'
    answer = (...exchange) => {
      shown = next
      breaking(...exchange)
    }
    const { profile } = clientFor({ url }, { transport, person: () => shown })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe('NO_ANSWER')
    shown = 'ann'
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(2)
  })

  test('is sent again once it is known who is shown', async () => {
    let shown: string | undefined
    const people: unknown[] = []
    answer = (request, response) => {
      people.push(request.headers['dibs-person'])
      shown = 'ann'
      breaking(request, response)
    }
    const { profile } = clientFor({ url }, { transport, person: () => shown })
    await failureFrom(profile.me.query())
    expect(people).toEqual([undefined, 'ann', 'ann'])
  })

  test('is sent again while the service is unavailable', async () => {
    answer = refusing(503, 'UNAVAILABLE', null)
    const { profile } = clientFor({ url }, { transport })
    expect((await failureFrom(profile.releaseUsername.mutate({}))).kind).toBe('UNAVAILABLE')
    expect(arrivals).toBe(3)
  })

  test.each([
    [401, 'SIGNED_OUT', {}],
    [409, 'USERNAME_TAKEN', { username: 'neo', suggestions: [] }],
    [429, 'RATE_LIMITED', { retryAfterMs: 1 }],
    [400, 'INVALID_INPUT', { fields: {}, form: [] }],
    [500, 'UNEXPECTED', null],
    [409, 'CONFLICT', null],
  ])('is sent once when it ends in %i %s', async (status, kind, payload) => {
    answer = refusing(status, kind, payload)
    const { profile } = clientFor({ url }, { transport })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe(kind)
    expect((await failureFrom(profile.me.query())).kind).toBe(kind)
    expect(arrivals).toBe(2)
  })

  test('ends at once when its caller aborts it, and is not sent again', async () => {
    const aborting = new AbortController()
    // Once its answer is lost, it waits to be sent again.
    answer = (request) => {
      request.socket.on('close', () => setImmediate(() => aborting.abort())).destroy()
    }
    const { profile } = clientFor({ url }, { transport, retries: 10 })
    const { signal } = aborting
    const claim = profile.claimUsername.mutate({ username: 'neo' }, { signal })
    expect((await failureFrom(claim)).kind).toBe('NO_ANSWER')
    answer = refusing(409, 'CONFLICT', null)
    const before = arrivals
    expect((await failureFrom(profile.me.query(undefined, { signal }))).kind).toBe('NO_ANSWER')
    expect((await failureFrom(profile.me.query())).kind).toBe('CONFLICT')
    expect([before, arrivals]).toEqual([1, 2])
  })
})
