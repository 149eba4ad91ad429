import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const patienceMs = 20_000

/** Another session on the same PostgreSQL, for a test to hold locks with and to watch from. */
export interface Observer {
  query<Row extends Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Waits until a session of the server runs a statement like this one and waits as asked. */
  untilBackend(statement: string, waiting: 'for a lock' | 'for anything'): Promise<number>
  close(): Promise<void>
}

export async function observe(url: string): Promise<Observer> {
  const client = new pg.Client({ connectionString: url, application_name: 'observer' })
  await client.connect()
  const query = async <Row extends Record<string, unknown>>(sql: string, values: unknown[] = []) =>
    (await client.query<Row>(sql, values)).rows
  return {
    query,
    async untilBackend(statement, waiting) {
      const deadline = Date.now() + patienceMs
      while (Date.now() < deadline) {
        const [found] = await query<{ pid: number }>(
          `SELECT pid FROM pg_stat_activity
           WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active'
             AND query LIKE $1 AND ($2 = 'for anything' OR wait_event_type = 'Lock')`,
          [`%${statement}%`, waiting],
        )
        if (found) return found.pid
        await sleep(5)
      }
      throw new Error(`no session came to wait in ${statement}`)
    },
    close: () => client.end(),
  }
}
