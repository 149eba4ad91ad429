import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listCatalogue } from '../../server/database/catalogue.ts'
import type { Engine } from '../../server/database/engine.ts'
import { migrate } from '../../server/database/migrate.ts'
import { prismaDirectory, startMigrationEngine } from '../../server/database/migration-engine.ts'
import { openPostgres } from '../../server/database/postgres.ts'
import { newPlace, type Place, silent, urlOf, withPostgres } from '../support/database.ts'

type Migrations = MigrationList['migrationDirectories']

const migrationNames = readdirSync(join(prismaDirectory, 'migrations'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()

/** The first that older processes need not survive is the one after this. */
const firstKept = migrationNames.findIndex((name) => name.endsWith('_claims_together'))

/**
 * What the build before calls, `$1` making it new each time, and how it ends. Whoever changes a call in
 * the build adds the new one here, and takes the old one away a release later.
 */
const calls: Record<string, [sql: string, end: string]> = {
  'a first name': [claim('$1', "'One-' || $1"), 'claimed'],
  'one’s own name': [claim('$1', "'One-' || $1"), 'claimed'],
  'a name that is taken': [claim("$1 || '2'", "'one-' || $1"), 'taken'],
  'a name with a key': [claim('$1', "'two-' || $1", "'key'"), 'claimed'],
  'the same again': [claim('$1', "'two-' || $1", "'key'"), 'claimed'],
  'several names': [
    `SELECT string_agg(c.outcome, ',' ORDER BY c.at) FROM claim_usernames(
       ARRAY[$1 || '3', $1 || '4', $1 || '5']::text[], '{a,b,c}'::text[], '{NULL,NULL,NULL}'::text[],
       ARRAY['three-' || $1, 'three-' || $1, 'two-' || $1]::text[], '{NULL,NULL,NULL}'::text[], NULL,
       90::int, 5::int, 30::int, '{NULL,NULL,NULL}'::text[]
     ) AS c`,
    'claimed,taken,taken',
  ],
  'names to suggest': [
    `SELECT (free_usernames(ARRAY['two-' || $1, 'free-' || $1]::text[], '{NULL,NULL}'::text[], 5))[1] = 'free-' || $1`,
    'true',
  ],
  'what a claim would meet': [`SELECT status FROM look_up_username('two-' || $1, NULL, NULL, NULL)`, 'taken'],
  'a release': [`SELECT outcome FROM release_username($1, 90::int, NULL)`, 'released'],
  'a reservation': [
    `SELECT outcome FROM reserve_username('ours-' || $1, NULL, NULL, 'ours', NULL, NULL, NULL)`,
    'reserved',
  ],
  'an end of it': [
    `SELECT outcome FROM free_username('ours-' || $1, 90::int, false, NULL, NULL)`,
    'released',
  ],
  'a transfer': [
    `SELECT outcome FROM transfer_username('three-' || $1, $1, '', 90::int, NULL, NULL)`,
    'transferred',
  ],
  'a name to compare': [
    `SELECT set_skeleton('three-' || $1, 'three-' || $1, $1 || 'l', '1') IS NULL`,
    'true',
  ],
  'an account that is deleted': [`SELECT forget_person($1, 90::int) = 'three-' || $1`, 'true'],
}

function claim(person: string, username: string, key = 'NULL'): string {
  return `SELECT c.outcome FROM claim_username(
    ${person}, 'Somebody', NULL, ${username}, NULL, NULL, 90::int, 5::int, 30::int, ${key}) AS c`
}

describe.skipIf(!withPostgres)('While processes of the build before run,', () => {
  let place: Place
  let engine: Engine
  beforeEach(async () => {
    place = await newPlace('postgresql')
    engine = await openPostgres({ url: urlOf(place.location), poolSize: 1 }, silent)
  })
  afterEach(async () => {
    await engine?.close()
    await place?.remove()
  })

  /**
   * Applies the first so many migrations, and then others, without what `migrate` looks at before, which
   * takes seconds each time. Answers what they make.
   */
  async function migrateTo(many: number, ...others: Migrations): Promise<string[]> {
    // Prisma's engine locks out others for as long as its session.
    const session = await engine.connectToMigrate()
    try {
      const { engine: prisma, migrations, filters } = await startMigrationEngine(session, prismaDirectory)
      const migrationDirectories = [...migrations.migrationDirectories.slice(0, many), ...others]
      await prisma.applyMigrations({ migrationsList: { ...migrations, migrationDirectories }, filters })
      prisma.free()
      return await listCatalogue(session)
    } finally {
      await session.dispose()
    }
  }

  test('each migration keeps the columns and functions that there were', async () => {
    let before = await migrateTo(firstKept + 1)
    for (let many = firstKept + 2; many <= migrationNames.length; many++) {
      const after = await migrateTo(many)
      expect(lost(before, after), migrationNames[many - 1]).toEqual([])
      before = after
    }
  })

  test('one that does not would be seen', async () => {
    const before = await migrateTo(migrationNames.length)
    const value = 'DROP FUNCTION forget_person; ALTER TABLE profiles ALTER bio TYPE varchar(9);'
    const migrationFile = { path: 'migration.sql', content: { tag: 'ok' as const, value } }
    const after = await migrateTo(migrationNames.length, { path: '29990101000000_rash', migrationFile })
    expect(lost(before, after)).toEqual([
      "column profiles.bio text not null default ''::text",
      'function forget_person(person text, hold_days integer) returns text',
    ])
  })

  test('each of their calls ends as before, also where it is prepared', async () => {
    await migrateTo(migrationNames.findIndex((name) => name.endsWith('_usernames_first_change')))
    const client = new pg.Client(urlOf(place.location))
    await client.connect()
    const ends = async (round: string) => {
      const found: string[] = []
      for (const [name, [text]] of Object.entries(calls)) {
        const { rows } = await client.query({ name, text, values: [round], rowMode: 'array' })
        found.push(String(rows[0]))
      }
      return found
    }
    const expected = Object.values(calls).map(([, end]) => end)
    try {
      // A plan is settled on at the sixth time.
      for (let round = 0; round < 6; round++) expect(await ends(`before${round}`)).toEqual(expected)
      expect(await migrate(engine, silent)).toEqual(migrationNames)
      for (let round = 0; round < 6; round++) expect(await ends(`after${round}`)).toEqual(expected)
    } finally {
      await client.end()
    }
  })

  /** What may be under way: first and then, and from which migration on none has to give way to it. */
  const underWay = {
    'a claim': [
      `SELECT FROM usernames WHERE key = 'neo'`,
      `INSERT INTO profiles (id) VALUES ('neo')`,
      '_first_names_at_once',
    ],
    'a release': [
      `SELECT FROM profiles WHERE id = 'neo' FOR NO KEY UPDATE`,
      `UPDATE usernames SET held_until = now() WHERE key = 'neo'`,
      '_usernames_first_change',
    ],
  } as const

  test.each(Object.entries(underWay))(
    '%s that is under way ends as ever, and no migration has to give way to it',
    async (_, [first, then, from]) => {
      const firstOne = migrationNames.findIndex((name) => name.endsWith(from))
      await migrateTo(firstOne)
      const client = new pg.Client(urlOf(place.location))
      await client.connect()
      try {
        for (let many = firstOne + 1; many <= migrationNames.length; many++) {
          await client.query(`BEGIN; SET LOCAL lock_timeout TO '2s'; ${first}`)
          const migrated = migrateTo(many).then(() => 'migrated')
          const waits = async () => {
            const { rowCount } = await client.query(
              `SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
               WHERE datname = current_database() AND relation IS NOT NULL AND NOT granted`,
            )
            return rowCount === 0 ? 'not yet' : 'waits'
          }
          const either = () => Promise.race([migrated, waits()])
          await expect.poll(either, { timeout: 60_000 }).not.toBe('not yet')
          await client.query(`${then}; ROLLBACK`)
          await migrated
        }
      } finally {
        await client.end()
      }
    },
  )
})

/** The columns, and the functions by what they take and answer, that are there no more. */
function lost(before: readonly string[], after: readonly string[]): string[] {
  const called = (lines: readonly string[]) =>
    lines
      .filter((line) => /^(column|function) /.test(line))
      .map((line) => (line.startsWith('function ') ? line.replace(/ (set .*)?[0-9a-f]{16}$/, '') : line))
  const there = new Set(called(after))
  return called(before).filter((line) => !there.has(line))
}
