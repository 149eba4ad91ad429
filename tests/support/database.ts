import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { pino } from 'pino'
import { inject } from 'vitest'
import type { EngineName } from '../../server/database/engine.ts'
import { type Database, type Location, openDatabase } from '../../server/database/open.ts'

export const silent = pino({ level: 'silent' })

const postgresUrl = inject('postgresUrl')

/** The engines that this run covers. */
export const engines: EngineName[] = postgresUrl ? ['embedded', 'postgresql'] : ['embedded']
export const withPostgres = postgresUrl !== null

/** A place for a new database, gone with `remove`. */
export interface Place {
  readonly location: Location
  remove(): Promise<void>
}

export async function newPlace(engine: EngineName, { poolSize = 10 } = {}): Promise<Place> {
  if (engine === 'embedded') {
    const dataDir = await mkdtemp(join(tmpdir(), 'dibs-test-'))
    return { location: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) }
  }
  const name = `dibs_test_${randomUUID().replaceAll('-', '')}`
  await onServer(`CREATE DATABASE ${name}`)
  const url = new URL(serverUrl())
  url.pathname = `/${name}`
  return {
    location: { url: url.href, poolSize },
    remove: () => onServer(`DROP DATABASE ${name} WITH (FORCE)`),
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
  const place = await newPlace(engine, options)
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

function serverUrl(): string {
  if (postgresUrl === null) throw new Error('this test needs PostgreSQL')
  return postgresUrl
}

async function onServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
