import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { Stop } from '../race/command/stop.ts'
import { localBinaries, newCluster } from '../support/cluster.ts'
import { urlOfDatabase } from '../support/on-server.ts'
import type { Cleanup } from './cleanup.ts'
import { type DatabaseInUse, openInUse } from './database-in-use.ts'
import { compilePrograms } from './servers/compile.ts'
import { type Running, type ServerName, servers, startServer } from './servers/servers.ts'

/** Everything that runs during a bench. */
export interface Arena {
  /** Where PostgreSQL's programs are. */
  readonly bin: string
  /** Where the compiled programs of the bench are. */
  readonly compiled: string
  /** For files that are gone afterwards. */
  readonly dir: string
  /** Of PostgreSQL. */
  readonly version: string
  running(name: ServerName): Running
  databaseOf(name: ServerName): DatabaseInUse
}

export interface ArenaOptions {
  /** How many people have a name to begin with, in each database. */
  readonly owners: number
  /** A directory for a CPU profile of each server. */
  readonly profile: string | undefined
  readonly say: (line: string) => void
}

/** A PostgreSQL of its own, with these servers on it. */
export async function openArena(
  names: readonly ServerName[],
  { owners, profile, say }: ArenaOptions,
  cleanup: Cleanup,
): Promise<Arena> {
  const bin = localBinaries()
  if (bin === undefined) {
    throw new Stop(
      'PostgreSQL is not installed here, on which all is measured: "apt-get install postgresql", "brew install postgresql".',
    )
  }
  const compiled = compilePrograms()
  const dir = mkdtempSync(join(tmpdir(), 'dibs-bench-'))
  cleanup.add(async () => rmSync(dir, { recursive: true, force: true }))
  const cluster = await newCluster(bin, {}, { logging_collector: 'on' })
  cleanup.add(() => cluster.remove())
  const admin = new pg.Client(cluster.url)
  await admin.connect()
  const { rows } = await admin.query('SHOW server_version')
  const running = new Map<ServerName, Running>()
  const databases = new Map<string, DatabaseInUse>()
  for (const name of names) {
    const { store } = servers[name]
    const databaseUrl = urlOfDatabase(cluster.url, store.name)
    const isFirst = !databases.has(store.name)
    if (isFirst) await admin.query(`CREATE DATABASE ${store.name}`)
    const server = await startServer(name, { compiled, databaseUrl, dir, profile })
    cleanup.add(server.stop)
    running.set(name, server)
    if (!isFirst) continue
    // That server has made the tables.
    const database = await openInUse(databaseUrl, store)
    cleanup.add(database.close)
    databases.set(store.name, database)
    say(`Database ${store.name}: entering ${owners} people with a name`)
    await database.fill(owners)
  }
  await admin.query('CHECKPOINT')
  await admin.end()
  return {
    bin,
    compiled,
    dir,
    version: rows[0].server_version,
    running: (name) => known(running.get(name)),
    databaseOf: (name) => known(databases.get(servers[name].store.name)),
  }
}

function known<T>(one: T | undefined): T {
  if (one === undefined) throw new Error('not part of this bench')
  return one
}
