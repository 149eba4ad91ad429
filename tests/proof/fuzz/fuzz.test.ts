import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { untilNobodyWatches } from '../../live/watching.ts'
import { newSeed } from '../../race/random.ts'
import { engines } from '../../support/database.ts'
import { anyAddress } from './addresses.ts'
import { authRequests } from './auth-requests.ts'
import { batches, dubiousCalls, hugeCalls, singleCalls } from './calls.ts'
import { cuts, type Mangling, manglings } from './mangled.ts'
import type { Request } from './request.ts'
import { type Served, serve } from './served.ts'
import { stateOf } from './state.ts'
import { tryMangled, tryWhole } from './trial.ts'

/** How many requests of each kind are sent to one database, and a third as many to the other. */
const most = Number(process.env.FUZZ_RUNS ?? 60)
const seed = Number(process.env.FUZZ_SEED ?? newSeed())
const timeout = 180_000 + most * 500

describe.each(engines)(`on %s (seed ${seed})`, (engine) => {
  const runs = engine === engines.at(-1) ? most : Math.ceil(most / 3)
  let served: Served
  beforeAll(async () => {
    served = await serve(engine)
  })
  afterAll(() => served?.close())

  const whole: Readonly<Record<string, (served: Served) => fc.Arbitrary<Request>>> = {
    'a single call': () => singleCalls,
    'a batch': () => batches,
    'a call by who may not be who they say': () => dubiousCalls,
    'a call that is too large': () => hugeCalls,
    'a request for any address': () => anyAddress,
    'a request for an account': ({ authPaths }) => authRequests(authPaths),
  }

  test.each(Object.entries(whole))('%s is answered as it must be', { timeout }, async (_what, requestsTo) => {
    const property = fc.asyncProperty(requestsTo(served), async (request) => {
      expect(await tryWhole(served, request)).toEqual([])
    })
    await fc.assert(property, { seed, numRuns: runs })
  })

  /** Several at once, since one of them may wait for a while. */
  function several(manglings: fc.Arbitrary<Mangling>) {
    // What answers a HEAD can't be told apart without knowing that it was one.
    const address = anyAddress.filter(({ method }) => method !== 'HEAD')
    const requests = fc.oneof(singleCalls, batches, address, authRequests(served.authPaths))
    return fc.array(fc.tuple(requests, manglings), { minLength: 1, maxLength: 12, size: 'max' })
  }
  const tryAll = (requests: readonly [Request, Mangling][]) =>
    Promise.all(requests.map(([request, mangling]) => tryMangled(served, request, mangling)))
  const numRuns = Math.ceil(runs / 6)

  test('what is broken on its way is answered or hung up on', { timeout }, async () => {
    const property = fc.asyncProperty(several(manglings), async (requests) => {
      expect([...(await tryAll(requests)).flat(), ...served.logged()]).toEqual([])
    })
    await fc.assert(property, { seed, numRuns })
  })

  /** What requests that were broken off before may still be changing is waited for. */
  async function settledState(): Promise<string> {
    for (let earlier = ''; ; await sleep(1000)) {
      const now = await stateOf(served.database)
      if (now === earlier) return now
      earlier = now
    }
  }

  test('what was cut short did nothing', { timeout }, async () => {
    const before = await settledState()
    const property = fc.asyncProperty(several(cuts), async (requests) => {
      expect([...(await tryAll(requests)).flat(), ...served.logged()]).toEqual([])
      expect(await stateOf(served.database)).toBe(before)
    })
    await fc.assert(property, { seed, numRuns })
  })

  test('after all of it nobody watches, and people are served', async () => {
    await untilNobodyWatches(served.database)
    await served.renew()
    for (const { token } of served.people) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ username: `after-${randomUUID()}` })
      const url = `http://127.0.0.1:${served.port}`
      const answer = await fetch(`${url}/trpc/profile.claimUsername`, { method: 'POST', headers, body })
      expect([200, 429]).toContain(answer.status)
      expect((await fetch(`${url}/readyz`)).status).toBe(200)
    }
  })
})
