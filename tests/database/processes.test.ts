import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { prismaDirectory, readMigrations } from '../../server/database/migration-engine.ts'
import { newPlace, type Place, urlOf, withPostgres } from '../support/database.ts'
import { freePort, runServer, type ServerProcess, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'
import { openRaw } from './raw.ts'

const secret = { AUTH_SECRET: authSecret }
const neo = { email: 'neo@example.com', password: 'follow the rabbit', name: 'Neo' }

let servers: ServerProcess[]
let place: Place
beforeEach(() => {
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill()))
  await place?.remove()
})

async function start(settings: Record<string, string>): Promise<ServerProcess> {
  const server = await startServer({ LOG_LEVEL: 'warn', ...settings })
  servers.push(server)
  return server
}

async function post({ url }: ServerProcess, path: string, body: object): Promise<number> {
  const headers = { 'content-type': 'application/json' }
  return (await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })).status
}

async function isReady({ url }: ServerProcess): Promise<number> {
  return (await fetch(`${url}/readyz`)).status
}

/** The password as a URL or JSON would hold it; as a word it may be anything. */
function passwordOf({ password }: URL): RegExp {
  return new RegExp(`[:"]${password}["@]`)
}

describe('the embedded database of a running server', () => {
  test('is refused to a second one, while the first goes on', async () => {
    place = await newPlace('embedded', { migrated: true })
    const settings = settingsOf(place)
    const first = await start(settings)
    expect(await post(first, '/api/auth/sign-up/email', neo)).toBe(200)

    const second = await runServer({ ...settings, PORT: String(await freePort()) })
    expect(second.code).toBe(1)
    expect(second.output).toContain(
      `The embedded database in ${settings.DATA_DIR} is in use by another process.`,
    )
    expect(second.output).not.toMatch(/\n\s+at /)

    expect(await isReady(first)).toBe(200)
    expect(await post(first, '/api/auth/sign-in/email', neo)).toBe(200)
  })

  test('opens again, with what was acknowledged, after kill -9', async () => {
    place = await newPlace('embedded', { migrated: true })
    const settings = settingsOf(place)
    const first = await start(settings)
    expect(await post(first, '/api/auth/sign-up/email', neo)).toBe(200)
    await first.kill()

    const second = await start(settings)
    expect(await post(second, '/api/auth/sign-in/email', neo)).toBe(200)
  })
})

describe('a server without its PostgreSQL', () => {
  test('says so in a sentence, and no password', async () => {
    const port = await freePort()
    const url = `postgresql://someone:hunter2@127.0.0.1:${port}/dibs`
    const { code, output } = await runServer({ ...secret, DATABASE_URL: url })
    expect(code).toBe(1)
    expect(output).toContain(`PostgreSQL at 127.0.0.1:${port}, database "dibs", does not let us in`)
    expect(output).not.toContain('hunter2')
    expect(output).not.toMatch(/\n\s+at /)
  })
})

describe.skipIf(!withPostgres)('on PostgreSQL', () => {
  test('a database that is not there is named in a sentence, and no password', async () => {
    place = await newPlace('postgresql')
    const url = new URL(urlOf(place.location))
    url.pathname += '_not'
    url.password ||= 'hunter2'
    const { code, output } = await runServer({ ...secret, DATABASE_URL: url.href })
    expect(code).toBe(1)
    expect(output).toMatch(/database "dibs_test_\w+_not", does not let us in/)
    expect(output).not.toMatch(passwordOf(url))
    expect(output).not.toMatch(/\n\s+at /)
  })

  test('the log of a lost idle connection holds no password', async () => {
    place = await newPlace('postgresql', { migrated: true })
    const url = new URL(urlOf(place.location))
    url.password ||= 'hunter2'
    const server = await start({ ...secret, DATABASE_URL: url.href })
    const raw = await openRaw(place.location)
    const lost = new Promise<void>((resolve) => {
      server.child.stdout?.on('data', () => {
        if (server.output().includes('idle database connection lost')) resolve()
      })
    })
    await raw.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'dibs'`,
    )
    await lost
    await raw.close()
    expect(await isReady(server)).toBe(200)
    expect(server.output()).not.toMatch(passwordOf(url))
    expect(server.output().length).toBeLessThan(5_000)
  })

  test('4 servers starting at once on an empty database all come up, with one history', async () => {
    place = await newPlace('postgresql')
    const settings = { ...secret, ...settingsOf(place), POOL_SIZE: '2' }
    await Promise.all(Array.from({ length: 4 }, () => start(settings)))
    expect(await Promise.all(servers.map(isReady))).toEqual(Array(4).fill(200))
    const raw = await openRaw(place.location)
    const history = await raw.query(
      'SELECT migration_name, applied_steps_count, logs FROM _prisma_migrations ORDER BY migration_name',
    )
    await raw.close()
    const { migrationDirectories } = await readMigrations(prismaDirectory)
    expect(history).toEqual(
      migrationDirectories.map(({ path }) => ({ migration_name: path, applied_steps_count: 1, logs: null })),
    )
  })
})
