import pg from 'pg'
import { localBinaries, newCluster } from '../../support/cluster.ts'
import { onServer, urlOfDatabase } from '../../support/on-server.ts'
import type { PostgresServer } from './system.ts'

/** A PostgreSQL of the proof's own, with an empty database for Dibs. */
export interface ThrowawayPostgres extends PostgresServer {
  readonly port: number
  readonly version: string
  /** Dibs' database as its owner, who is no superuser, at another port of the loopback address. */
  urlAt(port: number): string
  /** Stops it and deletes its data. */
  remove(): Promise<void>
}

/** What Dibs assumes: what is committed is on the disk. */
const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on' }

/**
 * Makes and starts a PostgreSQL that keeps what it committed, through `kill` too.
 *
 * @param settings of the server, besides
 */
export async function openPostgres(settings: Record<string, string> = {}): Promise<ThrowawayPostgres> {
  const bin = localBinaries()
  if (bin === undefined) throw new Error('a proof on PostgreSQL needs its programs: initdb and postgres')
  const cluster = await newCluster(bin, {}, { ...durable, ...settings })
  await onServer(cluster.url, 'CREATE ROLE dibs LOGIN')
  await onServer(cluster.url, 'CREATE DATABASE dibs OWNER dibs')
  const url = urlOfDatabase(cluster.url, 'dibs')

  async function connect(): Promise<pg.Client> {
    const client = new pg.Client({ connectionString: url, application_name: 'proof' })
    // It may be killed; whoever uses the session hears of it from their query.
    client.on('error', () => {})
    await client.connect()
    return client
  }

  const client = await connect()
  const { rows } = await client.query('SHOW server_version')
  await client.end()
  return {
    port: Number(new URL(url).port),
    version: rows[0].server_version,
    urlAt: (port) => `postgresql://dibs@127.0.0.1:${port}/dibs`,
    connect,
    kill: cluster.kill,
    start: cluster.start,
    remove: cluster.remove,
  }
}
