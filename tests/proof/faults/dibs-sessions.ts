import type pg from 'pg'

/** The process numbers of all sessions of Dibs' database but those of a proof. */
export async function sessionsOfDibs(client: pg.Client): Promise<number[]> {
  const { rows } = await client.query(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND backend_type = 'client backend' AND application_name <> 'proof'
     ORDER BY pid`,
  )
  return rows.map(({ pid }) => pid)
}
