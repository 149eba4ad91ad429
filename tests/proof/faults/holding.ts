import type pg from 'pg'
import type { System } from '../system/system.ts'
import { postgresOf } from './right-again.ts'

/** Sessions of Dibs that wait for a lock, seen from inside a transaction. */
const waiting = `
  SELECT count(*)::int AS now FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name <> 'proof'`

/** A transaction of the fault's own that is in Dibs' way. */
export interface Holding {
  query(sql: string): Promise<pg.QueryResult>
  /** How many sessions of Dibs wait for a lock now. */
  waiting(): Promise<number>
}

/** Does some work in a transaction on a session of its own, past the proxies, and commits. */
export async function holding<T>(system: System, work: (holding: Holding) => Promise<T>): Promise<T> {
  const client = await postgresOf(system).connect()
  try {
    await client.query('BEGIN')
    const result = await work({
      query: (sql) => client.query(sql),
      async waiting() {
        // Inside a transaction the view is read once, unless told to forget.
        await client.query('SELECT pg_stat_clear_snapshot()')
        return (await client.query(waiting)).rows[0].now
      },
    })
    await client.query('COMMIT')
    return result
  } finally {
    // A session that ends lets go of everything.
    await client.end()
  }
}

/** Keeps anybody from changing a table or locking its rows, and not from reading it. */
export function lockTable(table: 'profiles' | 'usernames'): string {
  return `LOCK TABLE ${table} IN EXCLUSIVE MODE`
}
