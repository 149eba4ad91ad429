import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { inject } from 'vitest'
import type { EngineName } from '../../server/database/engine.ts'
import { type Database, type Location, openDatabase } from '../../server/database/open.ts'
import { onServer, urlOfDatabase } from './on-server.ts'

export const silent = pino({ level: 'silent' })

const postgresUrl = inject('postgresUrl')
const templates = inject('templates')

/** The engines that this run covers. */
export const engines: EngineName[] = postgresUrl ? ['embedded', 'postgresql'] : ['embedded']
export const withPostgres = postgresUrl !== null

/** A place for a new database, gone with `remove`. */
export interface Place {
  readonly location: Location
  remove(): Promise<void>
}

/** An empty place, or with `migrated` one that holds a database as Dibs makes it at its first start. */
export async function newPlace(engine: EngineName, { poolSize = 10, migrated = false } = {}): Promise<Place> {
  if (engine === 'embedded') {
    const dataDir = await mkdtemp(join(tmpdir(), 'dibs-test-'))
    // A thousand files, for which Node's own copying takes a second.
    if (migrated) await promisify(execFile)('cp', ['-R', `${templates.embedded}/.`, dataDir])
    return { location: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) }
  }
  const name = `dibs_test_${randomUUID().replaceAll('-', '')}`
  await onServer(serverUrl(), `CREATE DATABASE ${name} ${migrated ? `TEMPLATE ${templates.postgresql}` : ''}`)
  return {
    location: { url: urlOfDatabase(serverUrl(), name), poolSize },
    remove: () => onServer(serverUrl(), `DROP DATABASE ${name} WITH (FORCE)`),
  }
}

export interface TestDatabase extends Database {
  readonly location: Location
}

/** A new database of its own, migrated; closing it removes it. */
export async function openTestDatabase(
  engine: EngineName,
  options?: { poolSize?: number },
): Promise<TestDatabase> {
  const place = await newPlace(engine, { ...options, migrated: true })
  const database = await openDatabase(place.location, silent)
  return {
    ...database,
    location: place.location,
    async close() {
      await database.close()
      await place.remove()
    },
  }
}

export function urlOf(location: Location): string {
  if (!('url' in location)) throw new Error('not a PostgreSQL')
  return location.url
}

export function dirOf(location: Location): string {
  if (!('dataDir' in location)) throw new Error('not an embedded database')
  return location.dataDir
}

function serverUrl(): string {
  if (postgresUrl === null) throw new Error('this test needs PostgreSQL')
  return postgresUrl
}
