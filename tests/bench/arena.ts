import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Stop } from '../race/command/stop.ts'
import { localBinaries, newCluster } from '../support/cluster.ts'
import { onServer, urlOfDatabase } from '../support/on-server.ts'
import type { Cleanup } from './cleanup.ts'
import { type DatabaseInUse, openInUse } from './database-in-use.ts'
import { compilePrograms } from './servers/compile.ts'
import { type Running, type ServerName, servers, startServer } from './servers/servers.ts'

/** A database with its people. */
export interface Filled {
  readonly database: DatabaseInUse
  readonly databaseUrl: string
}

/** A server that runs, and the database that it has, maybe with another one. */
export interface Station extends Running, Filled {}

/** What a database is for that a server works in. */
export type Purpose = 'claims' | 'growth'

/** A PostgreSQL of its own, and the servers on it. */
export interface Arena {
  /** Where PostgreSQL's programs are. */
  readonly bin: string
  /** Where the compiled programs of the bench are. */
  readonly compiled: string
  /** For files that are gone afterwards. */
  readonly dir: string
  /** PostgreSQL's version, and how it is set. */
  readonly postgres: string
  /**
   * Starts a server, unless it runs already, on a database in which so many people have a name.
   *
   * @param purpose what else is measured has databases of its own, and leaves nothing in this one
   */
  station(name: ServerName, owners: number, purpose?: Purpose): Promise<Station>
  /** A database like that of a server, for statements that are sent without one. */
  databaseAlone(name: ServerName, owners: number): Promise<Filled>
}

export interface ArenaOptions {
  /** A directory for a CPU profile of each server. */
  readonly profile: string | undefined
  readonly say: (line: string) => void
}

/** A quarter of the memory, PostgreSQL's own first advice. Its default, 128 MB, is less than a million names. */
const sharedBuffers = `${Math.round(totalmem() / 4 / 2 ** 20)}MB`

export async function openArena({ profile, say }: ArenaOptions, cleanup: Cleanup): Promise<Arena> {
  const bin = localBinaries()
  if (bin === undefined) {
    throw new Stop(
      'PostgreSQL is not installed here, on which all is measured: "apt-get install postgresql", "brew install postgresql".',
    )
  }
  const compiled = compilePrograms()
  const dir = mkdtempSync(join(tmpdir(), 'dibs-bench-'))
  cleanup.add(async () => rmSync(dir, { recursive: true, force: true }))
  const cluster = await newCluster(bin, {}, { logging_collector: 'on', shared_buffers: sharedBuffers })
  cleanup.add(() => cluster.remove())
  const stations = new Map<string, Station>()
  const databases = new Map<string, Filled>()

  async function start(name: ServerName, owners: number, purpose: Purpose): Promise<Station> {
    const filled = await databaseFor(name, owners, purpose)
    const server = await startServer(name, { compiled, databaseUrl: filled.databaseUrl, dir, profile })
    cleanup.add(server.stop)
    return { ...server, ...filled }
  }

  async function databaseFor(
    name: ServerName,
    owners: number,
    purpose: Purpose | 'pgbench',
  ): Promise<Filled> {
    const databaseName = `${servers[name].store.name}_${owners}_${purpose}`
    const filled =
      databases.get(databaseName) ?? (await fill(databaseName, name, owners, purpose !== 'pgbench'))
    databases.set(databaseName, filled)
    return filled
  }

  /** A new database with tables and people. A start makes the tables, by itself: none that is measured made any. */
  async function fill(databaseName: string, name: ServerName, owners: number, isClaimedIn: boolean) {
    await onServer(cluster.url, `CREATE DATABASE ${databaseName}`)
    const databaseUrl = urlOfDatabase(cluster.url, databaseName)
    const server = await startServer(name, { compiled, databaseUrl, dir, profile: undefined })
    await server.stop()
    const { store } = servers[name]
    const database = await openInUse(databaseUrl, { store, owners, isClaimedIn, say })
    cleanup.add(database.close)
    return { database, databaseUrl }
  }

  return {
    bin,
    compiled,
    dir,
    postgres: await described(cluster.url),
    async station(name, owners, purpose = 'claims') {
      const key = `${name} ${owners} ${purpose}`
      const station = stations.get(key) ?? (await start(name, owners, purpose))
      stations.set(key, station)
      return station
    },
    databaseAlone: (name, owners) => databaseFor(name, owners, 'pgbench'),
  }
}

async function described(url: string): Promise<string> {
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query(
    `SELECT current_setting('server_version') AS version, current_setting('shared_buffers') AS buffers`,
  )
  await client.end()
  const [{ version, buffers }] = rows
  return `PostgreSQL ${version} with fsync and ${buffers} of shared_buffers`
}
