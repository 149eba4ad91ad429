import { AsyncLocalStorage } from 'node:async_hooks'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { appOn, home, password, post, query, signUp } from '../http/app.ts'
import { newPlace, openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { startServer } from '../support/server.ts'
import { settingsOf } from '../support/settings.ts'

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
    await gate.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    const answer = await signingIn
    await gate.release()
    expect(answer.statusCode).toBe(503)
    // What went wrong is logged in the name of the request: it was found through the context.
    const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg.startsWith('auth: '))
    expect(told).toMatchObject([{ reqId: answer.headers['x-request-id'] }])
    await app.close()
  })
})

/** Has a process tell on SIGUSR2 how many storages carry contexts, of those that ever did. */
const telling = `
  import { AsyncLocalStorage } from 'node:async_hooks'
  const { run } = AsyncLocalStorage.prototype
  const used = new Set()
  AsyncLocalStorage.prototype.run = function (...given) {
    used.add(this)
    return run.apply(this, given)
  }
  process.on('SIGUSR2', () => {
    const carrying = [...used].filter(({ enabled }) => enabled)
    process.stderr.write(carrying.length + ' of ' + (used.size > 1 ? 'several' : used.size) + ' carry')
  })`

test.runIf(nodeHasHooks)('npm start runs Dibs in a process of its own', async () => {
  const place = await newPlace('embedded', { migrated: true })
  const server = await startServer({
    ...settingsOf(place),
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(telling)}`,
  })
  try {
    const answer = await fetch(`${server.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'first@people.example', password, name: 'First' }),
    })
    expect(answer.status).toBe(200)
    server.child.kill('SIGUSR2')
    await expect.poll(server.output, { timeout: 10_000 }).toContain(' of several carry')
    expect(server.output()).toContain('0 of several carry')
  } finally {
    await server.kill()
    await place.remove()
  }
})
