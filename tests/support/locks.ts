import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { type Place, urlOf } from './database.ts'

/** How long the others may take to come to a standstill. */
const patienceMs = 20_000
const betweenLooksMs = 5

/** A session of its own that holds locks in the way of others. */
export interface Lock {
  /** Resolves when so many sessions of the database wait for a lock. */
  waiting(sessions: number): Promise<void>
  /** Runs SQL in the transaction that holds the locks. */
  query(sql: string, values?: unknown[]): Promise<void>
  /** Ends the sessions of the database that wait for a lock. */
  terminateWaiting(): Promise<void>
  /** Commits, which lets the others go on. */
  release(): Promise<void>
}

/** Begins a transaction and runs SQL in it, for the locks that this takes. */
export async function lock(
  { location }: Pick<Place, 'location'>,
  sql: string,
  values: unknown[] = [],
): Promise<Lock> {
  const client = new pg.Client({ connectionString: urlOf(location) })
  // A test that gave up drops the database, and this session with it.
  client.on('error', () => {})
  await client.connect()
  await client.query('BEGIN')
  await client.query(sql, values)
  let held = true
  return {
    async waiting(sessions) {
      const deadline = Date.now() + patienceMs
      for (;;) {
        const { rows } = await client.query(
          "SELECT count(*)::int AS now FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        )
        // Inside a transaction the view is read once, unless told to forget.
        await client.query('SELECT pg_stat_clear_snapshot()')
        if (rows[0].now === sessions) return
        if (Date.now() > deadline) throw new Error(`${rows[0].now} sessions wait for a lock, not ${sessions}`)
        await sleep(betweenLooksMs)
      }
    },
    async query(text, more) {
      await client.query(text, more)
    },
    async terminateWaiting() {
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
      )
    },
    async release() {
      if (!held) return
      held = false
      await client.query('COMMIT')
      await client.end()
    },
  }
}
