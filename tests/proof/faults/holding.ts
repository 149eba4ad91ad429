import type pg from 'pg'
import type { System } from '../system/system.ts'
import { postgresOf } from './right-again.ts'

/** Since when sessions of Dibs wait for a lock, in milliseconds; the view of locks is read anew each time. */
const waits = `
  SELECT extract(epoch FROM clock_timestamp() - waitstart)::float8 * 1000 AS ms
  FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE NOT granted AND waitstart IS NOT NULL AND datname = current_database() AND application_name <> 'proof'`

/** A transaction of the fault's own that is in Dibs' way. */
export interface Holding {
  query(sql: string): Promise<pg.QueryResult>
  /** How long each session of Dibs that waits for a lock has waited until now, in milliseconds. */
  waits(): Promise<number[]>
}

/** Does some work in a transaction on a session of its own, past the proxies, and commits. */
export async function holding<T>(system: System, work: (holding: Holding) => Promise<T>): Promise<T> {
  const client = await postgresOf(system).connect()
  try {
    await client.query('BEGIN')
    const result = await work({
      query: (sql) => client.query(sql),
      async waits() {
        // Inside a transaction the sessions are read once, unless told to forget.
        await client.query('SELECT pg_stat_clear_snapshot()')
        return (await client.query(waits)).rows.map(({ ms }) => ms)
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
