import { randomUUID } from 'node:crypto'
import { MutationObserver, QueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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
