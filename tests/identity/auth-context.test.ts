import { AsyncLocalStorage } from 'node:async_hooks'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { appOn, home, password, post, query, signUp } from '../http/app.ts'
import { openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'

/** Node 24 needs no hooks. */
const nodeHasHooks = Number.parseInt(process.versions.node, 10) < 24

describe('In a process of its own', () => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(withPostgres ? 'postgresql' : 'embedded')
  })
  afterEach(async () => {
    vi.restoreAllMocks()
    await database.close()
  })

  test.runIf(nodeHasHooks)('promises are not followed while better-auth has nothing to do', async () => {
    const run = vi.spyOn(AsyncLocalStorage.prototype, 'run')
    const areFollowed = () => run.mock.contexts.some((storage) => Reflect.get(Object(storage), 'enabled'))

    const guest = await appOn(database)
    const { browser } = await signUp(guest)
    await guest.close()
    expect(new Set(run.mock.contexts).size).toBeGreaterThan(1)
    expect(areFollowed()).toBe(true)

    const owner = await appOn(database, { ownProcess: true })
    const answer = await owner.inject({ url: query('profile.me'), headers: browser })
    expect([answer.statusCode, areFollowed()]).toEqual([200, false])
    await signUp(owner)
    expect(areFollowed()).toBe(false)
    await owner.close()
  })

  test.runIf(withPostgres)('who is under way keeps their context when somebody else is done', async () => {
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line) => void lines.push(line) })
    const app = await appOn(database, { ownProcess: true, log })
    const { email } = await signUp(app)
    const json = { 'content-type': 'application/json', origin: home }
    const gate = await lock(database, 'LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE')
    const signingIn = post(app, '/api/auth/sign-in/email', { email, password }, json)
    await gate.waiting(1)
    const nobody = await app.inject({ url: '/api/auth/get-session' })
    expect([nobody.statusCode, nobody.json()]).toEqual([200, null])
    await gate.query('ALTER TABLE sessions RENAME COLUMN ip_address TO address')
    await gate.release()
    // What went wrong is logged in the name of the request: it was found through the context.
    const answer = await signingIn
    expect([answer.statusCode, answer.json()]).toMatchObject([
      500,
      { error: { data: { kind: 'UNEXPECTED' } } },
    ])
    const told = lines.map((line) => JSON.parse(line))
    expect(told.length).toBeGreaterThan(0)
    expect(new Set(told.map(({ reqId }) => reqId))).toEqual(new Set([answer.headers['x-request-id']]))
    await app.close()
  })
})
