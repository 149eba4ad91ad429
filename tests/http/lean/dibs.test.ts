import fc from 'fast-check'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openTestDatabase, type TestDatabase } from '../../support/database.ts'
import { appOn, friend, home, stranger } from '../app.ts'
import { asked, told } from './as-links-send.ts'
import { type Came, exchange, type Sent } from './exchange.ts'
import { requestsFor } from './random.ts'

/** Dibs on a database of its own. A bearer token is the id of whoever sends it. */
async function dibsOn(engine: (typeof engines)[number]) {
  const database = await openTestDatabase(engine)
  const app = await appOn(database, {
    settings: { rateLimits: true },
    async authenticate(headers) {
      const id = headers.get('authorization')?.replace(/^Bearer /, '')
      if (id === 'nobody can tell') throw new Error('out of reach')
      return id === undefined ? null : { id, name: 'Somebody' }
    },
  })
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
  return { database, app, port }
}

const tRpcItself = { 'trpc-accept': '' }
const ids = /[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}/g
const waits = /(retryAfterMs\\":|"retry-after",")\d+/g
const instants = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

/** An answer without what no two answers have in common. */
function comparable({ framing: _, ...came }: Came): unknown {
  const text = JSON.stringify(came).replaceAll(ids, 'id').replaceAll(instants, 'instant')
  return JSON.parse(text.replaceAll(waits, '$10'))
}

const as = (id: string) => ({ authorization: `Bearer ${id}`, 'content-type': 'application/json' })
const claim = (id: string, body: unknown, headers = {}) =>
  told('profile.claimUsername', body, { ...as(id), ...headers })
const cookie = { cookie: 'a=b', 'content-type': 'application/json' }

/** What people send over time: an answer depends on those before it. */
const life: readonly Sent[] = [
  claim('ann', { username: 'Lean-One' }),
  claim('ann', { username: 'Lean-One' }),
  claim('bob', { username: 'lean-one' }),
  claim('bob', { username: 'Lean0ne' }),
  claim('bob', { username: '1ean-one' }),
  claim('ann', { username: 'Lean-Two' }),
  claim('bob', { username: 'lean-one' }),
  claim('bob', { username: 'admin' }),
  claim('bob', { username: 'no spaces' }),
  claim('bob', { username: 'bob-1' }, { 'idempotency-key': '"once"' }),
  claim('bob', { username: 'bob-1' }, { 'idempotency-key': '"once"' }),
  claim('bob', { username: 'bob-2' }, { 'idempotency-key': '"once"' }),
  claim('bob', { username: 'bob-2' }, { 'idempotency-key': '"o"nce"' }),
  claim('bob', { username: 'bob-2', idempotencyKey: 'a' }, { 'idempotency-key': 'b' }),
  claim('bob', '{'),
  claim('bob', ''),
  claim('bob', 'null'),
  claim('nobody can tell', { username: 'bob-3' }),
  told('profile.claimUsername', { username: 'nobody' }),
  told('profile.claimUsername', { username: 'nobody' }, { ...cookie, origin: stranger }),
  told('profile.claimUsername', { username: 'nobody' }, { ...cookie, origin: home }),
  told('profile.claimUsername', { username: 'nobody' }, { ...as('eve'), origin: friend }),
  told('profile.update', { version: 0, bio: 'ünï 😀', displayName: 'Ann' }, as('ann')),
  told('profile.update', { version: 0, bio: 'late' }, as('ann')),
  asked('profile.me', undefined, as('ann')),
  asked('profile.me'),
  asked('profile.usernameHistory', {}, as('ann')),
  asked('profile.get', { username: 'lean-two' }),
  asked('profile.get', { username: 'LEAN-ONE' }),
  asked('profile.get', { username: 'gone' }),
  asked('profile.get'),
  asked('profile.get', '{'),
  ...Array.from({ length: 122 }, () => asked('profile.checkUsername', { username: 'lean-two' }, as('eve'))),
  asked('profile.checkUsername', { username: 'lean-two' }, as('ann')),
  told('profile.releaseUsername', {}, as('ann')),
  told('profile.releaseUsername', {}, as('ann')),
  asked('admin.whoHeld', { username: 'lean-two' }, as('ann')),
]

/** What is not for the lean route, or refused before it. */
const others: readonly Sent[] = [
  asked('nope'),
  asked('profile'),
  asked('profile.claimUsername', { username: 'by-get' }, as('ann')),
  told('profile.me', {}, as('ann')),
  asked('profile.me,profile.me?batch=1', undefined, as('ann')),
  asked('profile.me?connectionParams={}'),
  told('profile.claimUsername', { username: 'x' }, { ...as('ann'), 'content-type': 'text/plain' }),
  claim('ann', { username: 'x'.repeat(40_000) }),
  { ...asked('profile.me'), method: 'PUT' },
]

describe.each(engines)('Dibs on %s', (engine) => {
  let twins: { database: TestDatabase; app: FastifyInstance; port: number }[]
  beforeAll(async () => {
    twins = [await dibsOn(engine), await dibsOn(engine)]
  })
  afterAll(async () => {
    for (const { app, database } of twins ?? []) {
      await app.close()
      await database.close()
    }
  })

  /** The same request over the lean route, and past it by a header that changes nothing else. */
  async function both(sent: Sent): Promise<[lean: Came, stock: Came]> {
    const past = { ...sent, headers: { ...sent.headers, ...tRpcItself } }
    const [one, other] = twins
    if (one === undefined || other === undefined) throw new Error('not served')
    return Promise.all([exchange(one.port, sent), exchange(other.port, past)])
  }

  test('answers over the lean route what tRPC itself would', async () => {
    const statuses = new Set<number>()
    for (const sent of life) {
      const [lean, stock] = await both(sent)
      expect(comparable(lean), JSON.stringify(sent)).toEqual(comparable(stock))
      if (lean.status !== 403) {
        expect([lean.framing, stock.framing], JSON.stringify(sent)).toEqual(['length', 'chunks'])
      }
      statuses.add(lean.status)
    }
    expect([...statuses].sort()).toEqual([200, 400, 401, 403, 404, 409, 422, 429, 503])
  })

  test('answers the same to everything else', async () => {
    for (const sent of others) {
      const [lean, stock] = await both(sent)
      expect(comparable(lean), JSON.stringify(sent)).toEqual(comparable(stock))
    }
  })

  test.runIf(engine === 'embedded')('answers the same to any request', async () => {
    const inputs = fc.oneof(
      fc.record({ username: fc.string({ unit: fc.constantFrom(...'aA1-_ '), maxLength: 5 }) }),
      fc.record({ version: fc.integer({ min: -1, max: 1 }), bio: fc.string() }),
      fc.jsonValue({ maxDepth: 1 }),
    )
    const paths = ['profile.me', 'profile.get', 'profile.update', 'profile.claimUsername', 'admin.whoHeld']
    const requests = requestsFor(
      paths,
      inputs.map((input) => JSON.stringify(input)),
    )
    let count = 0
    await fc.assert(
      fc.asyncProperty(requests, fc.constantFrom('x', 'y', 'z'), async ({ headers, ...sent }, who) => {
        const { accept: _, ...rest } = headers ?? {}
        count += 1
        const [lean, stock] = await both({ ...sent, headers: { ...as(`${who}${count}`), ...rest } })
        expect(comparable(lean)).toEqual(comparable(stock))
      }),
      { numRuns: 200 },
    )
  })
})
