import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { engines, newPlace, type Place, urlOf, withPostgres } from '../support/database.ts'
import { onServer } from '../support/on-server.ts'
import { freePort, type ServerProcess, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'
import { soonMs, timed, type Watching, watch, watcherFor } from './watching.ts'

const settings = {
  AUTH_SECRET: authSecret,
  RATE_LIMITS: 'off',
}
/** How long it is waited for what only the machine can hold up. */
const patienceMs = 30_000
const servers: ServerProcess[] = []
const watchings: Watching[] = []
afterEach(async () => {
  for (const watching of watchings.splice(0)) watching.stop()
  await Promise.all(servers.splice(0).map((server) => server.kill()))
})

async function start(place: Place, more: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startServer({ ...settings, ...settingsOf(place), ...more })
  servers.push(server)
  return server
}

function watching(server: ServerProcess, username: string): Watching {
  const one = watch(watcherFor(server), username)
  watchings.push(one)
  return one
}

async function somebody({ url }: ServerProcess) {
  const answer = await fetch(`${url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: `${crypto.randomUUID()}@people.example`,
      password: 'correct horse',
      name: '',
    }),
  })
  return createDibsClient({ url, token: answer.headers.get('set-auth-token') ?? '' }).profile
}

/** The lines of its log that are not requests. */
function remarks(server: ServerProcess): string[] {
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line).msg as string).filter((msg) => !/request|stream/.test(msg))
}

describe.runIf(withPostgres)('server processes on one PostgreSQL', () => {
  let place: Place
  let operator: pg.Client
  beforeAll(async () => {
    place = await newPlace('postgresql', { migrated: true })
    operator = new pg.Client({ connectionString: urlOf(place.location) })
    await operator.connect()
  })
  afterAll(async () => {
    await operator?.end()
    await place?.remove()
  })

  /** The sessions that listen, once there are so many. */
  async function listeners(howMany: number): Promise<number[]> {
    const deadline = Date.now() + patienceMs
    for (;;) {
      const { rows } = await operator.query<{ pid: number }>(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%LISTEN%' AND state = 'idle' AND pid <> pg_backend_pid()",
      )
      if (rows.length === howMany) return rows.map(({ pid }) => pid)
      if (Date.now() > deadline) throw new Error(`${rows.length} sessions listen, not ${howMany}`)
      await sleep(5)
    }
  }

  test('hear of each other’s claims, mostly within a second', async () => {
    const [first, second] = [await start(place), await start(place)]
    const all = [first, second].map((server) => watching(server, 'across'))
    await Promise.all(all.map((one) => one.until('available')))
    const profile = await somebody(first)
    const took: number[] = []
    for (const [username, status] of [
      ['across', 'taken'],
      ['beyond', 'held'],
      ['across', 'taken'],
      ['beyond', 'held'],
    ] as const) {
      await profile.claimUsername.mutate({ username })
      took.push(await timed(Promise.all(all.map((one) => one.until(status)))))
    }
    expect(Math.max(...took)).toBeLessThan(soonMs)
    expect(Math.min(...took)).toBeLessThan(1000)
  })

  test('open one session each to listen, and none before somebody watches', async () => {
    const server = await start(place)
    await (await somebody(server)).checkUsername.query({ username: 'nobody-watches' })
    await listeners(0)
    const many = Array.from({ length: 5 }, (_, at) => watching(server, `listen-${at}`))
    await Promise.all(many.map((one) => one.until('available')))
    await listeners(1)
  })

  test('see what was claimed while the session to listen on was away', async () => {
    const [deaf, other] = [await start(place), await start(place)]
    const profile = await somebody(other)
    const one = watching(deaf, 'in-the-gap')
    await one.until('available')
    const [session] = await listeners(1)
    const sameName = watching(other, 'in-the-gap')
    await sameName.until('available')
    await listeners(2)
    const name = new URL(urlOf(place.location)).pathname.slice(1)
    const server = urlOf(place.location).replace(name, 'postgres')
    await onServer(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
    try {
      await operator.query('SELECT pg_terminate_backend($1, 5000)', [session])
      await profile.claimUsername.mutate({ username: 'in-the-gap' })
      await sameName.until('taken')
      expect(one.told).toEqual(['available'])
    } finally {
      await onServer(server, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`)
    }
    await one.until('taken')
    expect(one.interruptions).toEqual([])
    expect(remarks(deaf)).toEqual(
      expect.arrayContaining([
        'connection for changes of names lost',
        expect.stringMatching(/^cannot listen for changes of names: .*not currently accepting connections/),
      ]),
    )
  })

  test('ask the database nothing while nothing happens', async () => {
    const server = await start(place)
    const many = Array.from({ length: 10 }, (_, at) => watching(server, `idle-${at}`))
    await Promise.all(many.map((one) => one.until('available')))
    await listeners(1)
    /** When each session was last asked something. */
    const latest = async () => {
      const { rows } = await operator.query<{ pid: number; asked: string }>(
        "SELECT pid, query_start::text AS asked FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
      )
      return new Map(rows.map(({ pid, asked }) => [pid, asked]))
    }
    const settled = async () => {
      const deadline = Date.now() + patienceMs
      for (let earlier = await latest(); Date.now() < deadline; ) {
        await sleep(500)
        const now = await latest()
        if (isDeepStrictEqual(now, earlier)) return now
        earlier = now
      }
      throw new Error('the database is asked without a pause')
    }
    const before = await settled()
    expect(before.size).toBeGreaterThan(1)
    await sleep(2500)
    const after = await latest()
    // Those of a server that was ended before may still go; none may come.
    for (const [pid, asked] of after) expect([pid, asked]).toEqual([pid, before.get(pid)])
    expect(after.size).toBeGreaterThan(0)
  })
})

describe.each(engines)('a server on %s that stops', (engine) => {
  let place: Place
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
  })
  afterAll(async () => {
    await place?.remove()
  })

  test('ends its streams at once, and they go on at the next', async () => {
    const PORT = String(await freePort())
    const server = await start(place, { PORT })
    const many = Array.from({ length: 20 }, (_, at) => watching(server, `stopping-${at}`))
    await Promise.all(many.map((one) => one.until('available')))
    const exited = once(server.child, 'exit')
    const took = timed(exited)
    server.child.kill('SIGTERM')
    expect((await exited)[0]).toBe(0)
    expect(await took).toBeLessThan(soonMs)
    await Promise.all(many.map((one) => one.interrupted()))
    expect(many.map(({ interruptions }) => interruptions[0]?.kind)).toEqual(Array(20).fill('UNAVAILABLE'))
    const next = await start(place, { PORT })
    await (await somebody(next)).claimUsername.mutate({ username: 'stopping-0' })
    await many[0]?.until('taken')
    expect(remarks(server).filter((msg) => !/SIGTERM|stopped|listening at/i.test(msg))).toEqual([])
  })
})
