import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { listCatalogue, readCatalogue } from '../../server/database/catalogue.ts'
import { DatabaseRefusal } from '../../server/database/engine.ts'
import { printFunctions, readFunctions } from '../../server/database/functions.ts'
import { migrate } from '../../server/database/migrate.ts'
import { prismaDirectory, startMigrationEngine } from '../../server/database/migration-engine.ts'
import { openDatabase } from '../../server/database/open.ts'
import { reservedFromStart } from '../../server/database/reserved.ts'
import { writeMigration } from '../../server/database/write-migration.ts'
import { engines, newPlace, type Place, silent } from '../support/database.ts'
import { openRaw, tamper } from './raw.ts'
import { withEngine } from './with-engine.ts'

const migrationNames = readdirSync(join(prismaDirectory, 'migrations'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()

describe.each(engines)('migrations on %s', (name) => {
  let place: Place
  let directory: string
  beforeEach(async () => {
    place = await newPlace(name)
    directory = await mkdtemp(join(tmpdir(), 'dibs-prisma-'))
    await cp(prismaDirectory, directory, { recursive: true })
  })
  afterEach(async () => {
    await place?.remove()
    await rm(directory, { recursive: true, force: true })
  })

  async function records() {
    const raw = await openRaw(place.location)
    const rows = await raw.query('SELECT * FROM _prisma_migrations ORDER BY started_at')
    await raw.close()
    return rows
  }

  test('make by hand what is written down, as every server prints it', async () => {
    await (await openDatabase(place.location, silent)).close()
    const found = await withEngine(place.location, async (engine) => {
      const session = await engine.connectToMigrate()
      const made = { catalogue: await listCatalogue(session), functions: await printFunctions(session) }
      if (name === 'postgresql') await session.dispose()
      return made
    })
    expect(found.catalogue).toEqual(await readCatalogue(prismaDirectory))
    expect(found.functions).toBe(await readFunctions(prismaDirectory))
    // Each says what it does.
    expect(found.functions).not.toMatch(/\n\nCREATE/)
  })

  test('make a new database, which finds its data when it is opened again', async () => {
    const first = await openDatabase(place.location, silent)
    expect(await first.prisma.username.count()).toBe(reservedFromStart.size)
    await first.prisma.profile.create({ data: { id: 'neo', bio: 'There is no spoon.' } })
    await first.close()
    const again = await openDatabase(place.location, silent)
    expect(await again.prisma.profile.findMany({ select: { id: true, bio: true } })).toEqual([
      { id: 'neo', bio: 'There is no spoon.' },
    ])
    expect(await again.prisma.username.count()).toBe(reservedFromStart.size)
    await again.close()
  })

  test('are recorded as "prisma migrate deploy" records and checks them', async () => {
    await (await openDatabase(place.location, silent)).close()
    const expected = await Promise.all(
      migrationNames.map(async (migration) => {
        const sql = await readFile(join(prismaDirectory, 'migrations', migration, 'migration.sql'))
        return {
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          checksum: createHash('sha256').update(sql).digest('hex'),
          migration_name: migration,
          started_at: expect.any(Date),
          finished_at: expect.any(Date),
          applied_steps_count: 1,
          logs: null,
          rolled_back_at: null,
        }
      }),
    )
    expect(await records()).toEqual(expected)
    const verdict = await withEngine(place.location, async (engine) => {
      const session = await engine.connectToMigrate()
      const {
        engine: prisma,
        migrations: migrationsList,
        filters,
      } = await startMigrationEngine(session, prismaDirectory)
      const diagnosis = await prisma.diagnoseMigrationHistory({
        migrationsList,
        filters,
        optInToShadowDatabase: false,
      })
      const { appliedMigrationNames } = await prisma.applyMigrations({ migrationsList, filters })
      if (name === 'postgresql') await session.dispose()
      return { ...diagnosis, appliedMigrationNames }
    })
    expect(verdict).toEqual({
      history: null,
      failedMigrationNames: [],
      editedMigrationNames: [],
      hasMigrationsTable: true,
      appliedMigrationNames: [],
    })
  })

  test('that are new are applied to the data there is, and the older build then refuses it', async () => {
    const old = await openDatabase(place.location, silent)
    await old.prisma.profile.create({ data: { id: 'neo', bio: 'There is no spoon.' } })
    await old.close()
    const path = join(directory, 'schema.prisma')
    const schema = await readFile(path, 'utf8')
    await writeFile(path, schema.replace(/^( *bio .*)$/m, '$1\n  motto String @default("none")'))
    await writeMigration({ directory, name: 'add_motto', at: new Date(), empty: false })

    await withEngine(place.location, (engine) => migrate(engine, silent, directory))
    await withEngine(place.location, (engine) => migrate(engine, silent, directory))
    const raw = await openRaw(place.location)
    expect(await raw.query('SELECT bio, motto FROM profiles')).toEqual([
      { bio: 'There is no spoon.', motto: 'none' },
    ])
    await raw.close()
    expect((await records()).map((row) => row.migration_name)).toEqual([
      ...migrationNames,
      expect.stringMatching(/^\d{14}_add_motto$/),
    ])
    await expect(openDatabase(place.location, silent)).rejects.toThrow(/newer than this build.*_add_motto/)
  })

  test('give names of before there was a history the beginning of one', async () => {
    const [first = '', ...later] = migrationNames
    for (const name of later) await rm(join(directory, 'migrations', name), { recursive: true })
    await withEngine(place.location, (engine) => migrate(engine, silent, directory))
    const raw = await openRaw(place.location)
    for (const person of ['neo', 'trinity', 'nobody']) {
      await raw.query(`INSERT INTO profiles (id) VALUES ('${person}')`)
    }
    for (const [name, owner, held] of [
      ['Neo', 'neo', 'NULL'],
      ['TheOne', 'neo', "now() + interval '9 days'"],
      ['Trinity', 'trinity', 'NULL'],
    ]) {
      await raw.query(
        `INSERT INTO usernames (key, display, owner_id, claimed_at, held_until)
         VALUES (lower('${name}'), '${name}', '${owner}', now(), ${held})`,
      )
    }
    await raw.query(`UPDATE profiles SET username_key = id WHERE id IN ('neo', 'trinity')`)
    await raw.close()

    const database = await openDatabase(place.location, silent)
    const changes = await database.prisma.usernameChange.findMany({ where: { cause: 'recorded' } })
    expect(first).toMatch(/_init$/)
    expect(changes.map(({ key, status, personId, ownerId }) => [key, status, personId, ownerId])).toEqual([
      ['neo', 'current', 'neo', 'neo'],
      ['theone', 'held', 'neo', 'neo'],
      ['trinity', 'current', 'trinity', 'trinity'],
    ])
    const renamed = await database.prisma.$queryRaw`SELECT id, renamed_at FROM profiles ORDER BY id`
    expect(renamed).toEqual([
      { id: 'neo', renamed_at: [] },
      { id: 'nobody', renamed_at: null },
      { id: 'trinity', renamed_at: [] },
    ])
    await database.close()
  })

  test('are judged by themselves where what they make was not written down', async () => {
    await rm(join(directory, 'catalogue.txt'))
    await withEngine(place.location, (engine) => migrate(engine, silent, directory))
    await withEngine(place.location, (engine) => migrate(engine, silent, directory))
    await tamper(place.location, 'DROP FUNCTION claim_username')
    const start = withEngine(place.location, (engine) => migrate(engine, silent, directory))
    await expect(start).rejects.toThrow('[-] function claim_username')
  })

  test('are not applied to a database that lacks what the older ones made by hand', async () => {
    await withEngine(place.location, (engine) => migrate(engine, silent, directory))
    await writeMigration({ directory, name: 'later', at: new Date(), empty: true })
    const before = await tamper(place.location, 'ALTER TABLE usernames DROP CONSTRAINT usernames_check')
    const start = withEngine(place.location, (engine) => migrate(engine, silent, directory))
    await expect(start).rejects.toThrow('[-] check usernames usernames_check')
    expect(await tamper(place.location)).toEqual(before)
  })

  test('that fail leave nothing of theirs, say why, and are not tried again', async () => {
    const folder = join(directory, 'migrations', '20991231000000_broken')
    await mkdir(folder)
    await writeFile(
      join(folder, 'migration.sql'),
      'CREATE TABLE half (id int);\nALTER TABLE nowhere ADD way int;\n',
    )
    const start = () => withEngine(place.location, (engine) => migrate(engine, silent, directory))

    const first = await start().catch((error: unknown) => error)
    expect(first).toBeInstanceOf(DatabaseRefusal)
    expect(String(first)).toMatch(/failed in 20991231000000_broken: .*nowhere/)
    expect(String(first)).not.toMatch(/schema-engine|\n\s+at /)
    const second = await start().catch((error: unknown) => error)
    expect(String(second)).toMatch(/failed half-way on this database: 20991231000000_broken/)
    const raw = await openRaw(place.location)
    expect(await raw.query(`SELECT to_regclass('half')::text AS half`)).toEqual([{ half: null }])
    await raw.close()
  })
})
