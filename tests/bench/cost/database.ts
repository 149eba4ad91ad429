import type pg from 'pg'
import { cpuOfAll } from './processes.ts'

/** What a database server has used so far. */
export interface Used {
  readonly cpuMicros: number
  /** Transaction ids. */
  readonly xids: number
  readonly walBytes: number
  /** Bytes in its log. */
  readonly logBytes: number
  /** Sessions that were opened with the database. */
  readonly sessions: number
}

/** The process that all of a PostgreSQL server's processes descend from; the server must be on this machine. */
export async function postmasterOf(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query(
    "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int AS pid",
  )
  return rows[0].pid
}

/** Reads the counters without taking a transaction id. */
export async function usedBy(client: pg.ClientBase, postmaster: number): Promise<Used> {
  const { rows } = await client.query(`
    SELECT txid_snapshot_xmax(txid_current_snapshot())::float AS xids,
      (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float AS "walBytes",
      (SELECT coalesce(sum(size), 0)::float FROM pg_ls_logdir()) AS "logBytes",
      (SELECT sessions::float FROM pg_stat_database WHERE datname = current_database()) AS sessions`)
  return { ...rows[0], cpuMicros: cpuOfAll(postmaster) }
}
