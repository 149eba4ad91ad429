import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { readSettings } from '../../../server/config.ts'
import type { Database } from '../../../server/database/open.ts'
import { Stop } from '../../race/command/stop.ts'
import { authSecret } from '../../support/sessions.ts'
import { type DibsServer, newServer } from './dibs-server.ts'
import { embeddedStore } from './embedded-store.ts'
import { type Crowd, makeCrowds } from './people.ts'
import { patroniStore, postgresStore } from './postgres-store.ts'
import type { Store } from './store.ts'
import type { DatabaseName, PostgresServer, System } from './system.ts'

/** A system that runs, with the people who are signed in to it. */
export interface OpenSystem extends System {
  readonly servers: readonly DibsServer[]
  readonly crowds: readonly Crowd[]
  /** When the database was started again, and for how long it works on, as its store says. */
  readonly restarts: Store['restarts']
  readonly worksOnForMs: Store['worksOnForMs']
  /** Stops the servers and opens the database as they left it. */
  stopAndOpen(): Promise<Database>
}

export interface SystemOptions {
  readonly database: DatabaseName
  readonly processes: number
  /** The program of a server, in JavaScript or TypeScript. */
  readonly program: string
  /** A directory of its own, for data and for the servers' logs. */
  readonly dir: string
  readonly crowds: { readonly rounds: number; readonly people: number; readonly administrators: number }
  /** The directory of an embedded database that is migrated, to begin with a copy of it. */
  readonly template?: string | undefined
}

/** What all servers are told: load without limits, and logs of what is out of the ordinary. */
const common = { AUTH_SECRET: authSecret, RATE_LIMITS: 'off', LOG_LEVEL: 'warn', POOL_SIZE: '10' }

/** For how long sessions of a server that was killed are looked for. */
const goneWithinMs = 30_000

/** The rules of names that servers here are told. */
export const { nameRules: rules } = readSettings(common, { serving: false })

/** Makes a database with people in it, and starts Dibs on it. */
export async function openSystem({
  database,
  processes,
  program,
  dir,
  crowds: sizes,
  template,
}: SystemOptions): Promise<OpenSystem> {
  const store = await storeOf(database, dir, template)
  const servers: DibsServer[] = []

  async function close(): Promise<void> {
    await Promise.all(servers.map((server) => server.close()))
    await store.remove()
    await rm(join(dir, 'data'), { recursive: true, force: true })
  }

  try {
    if (processes > store.mostProcesses) {
      throw new Stop(`--processes must be at most ${store.mostProcesses} with --database ${database}.`)
    }
    const opened = await store.open()
    const crowds = await makeCrowds(opened.prisma, sizes).finally(() => opened.close())
    for (let at = 0; at < processes; at++) servers.push(await serverOn(store, at, { program, dir }))
    await Promise.all(servers.map((server) => server.start()))
    return {
      database,
      servers,
      postgres: store.postgres,
      failover: store.failover,
      ...(database === 'embedded' && { dataDir: join(dir, 'data') }),
      versions: { Node: process.versions.node, ...store.versions },
      crowds,
      restarts: store.restarts,
      worksOnForMs: store.worksOnForMs,
      async stopAndOpen() {
        await Promise.all(servers.map((server) => server.stop()))
        return store.open()
      },
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

async function storeOf(database: DatabaseName, dir: string, template: string | undefined): Promise<Store> {
  switch (database) {
    case 'embedded':
      return embeddedStore(dir, rules, template)
    case 'postgres':
      return postgresStore(rules)
    case 'patroni':
      return patroniStore(rules)
  }
}

async function serverOn(
  store: Store,
  at: number,
  { program, dir }: { program: string; dir: string },
): Promise<DibsServer> {
  const name = `dibs-${at + 1}`
  const { back, settings } = await store.way()
  const sessionsOf = (life: number) => `${name}-${life}`
  return newServer({
    name,
    program,
    log: join(dir, `${name}.log`),
    back,
    settings: (life) => ({ ...common, ...settings(sessionsOf(life)) }),
    async gone(life) {
      // A primary that was cut off may have sessions that nobody sees.
      if (store.failover !== null) throw new Error('nobody can tell')
      if (store.postgres !== null) await ended(store.postgres, sessionsOf(life))
    },
  })
}

/** Resolves when the database has no session of this name any more. */
async function ended(postgres: PostgresServer, sessions: string): Promise<void> {
  const client = await postgres.connect()
  try {
    for (const until = performance.now() + goneWithinMs; performance.now() < until; await sleep(20)) {
      const { rows } = await client.query(
        'SELECT count(*)::int AS now FROM pg_stat_activity WHERE application_name = $1',
        [sessions],
      )
      if (rows[0].now === 0) return
    }
    throw new Error(`sessions of ${sessions} stay`)
  } finally {
    await client.end()
  }
}
