import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PrismaClient } from '../../server/database/generated/client.ts'
import { publicProfiles } from '../../server/domain/profile.ts'
import { candidatesFor } from '../../server/domain/suggestions.ts'
import { Username } from '../../shared/username.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'

describe.each(engines)('A session of the %s database that began while few names were taken', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine, { poolSize: 1 })
    // The embedded database never analyses a table, and so never plans anew.
    await database.prisma.$executeRaw`ALTER TABLE usernames SET (autovacuum_enabled = off)`
  })
  afterAll(() => database?.close())

  const candidates = candidatesFor({ wanted: Username.parse('admin'), displayName: 'Neo', who: 'somebody' })

  const statements = {
    'losing a claim': (prisma: Pick<PrismaClient, '$queryRaw'>) =>
      prisma.$queryRaw`SELECT *, free_usernames(${candidates}, ${candidates}, 5) FROM claim_username(
        'somebody', '', NULL, 'admin', 'adrnin', '17', 90, NULL, 30, 'key')`,
    'winning one with a key': (prisma: Pick<PrismaClient, '$queryRaw'>) =>
      prisma.$queryRaw`SELECT * FROM claim_username(
        ${randomUUID()}, '', NULL, ${freshName('key')}, NULL, NULL, 90, NULL, 30, 'key')`,
    'losing claims together': (prisma: Pick<PrismaClient, '$queryRaw'>) =>
      prisma.$queryRaw`SELECT *, free_usernames(${candidates}, ${candidates}, 5) FROM claim_usernames(
        '{a,b}', '{a,b}', '{a,b}', '{admin,Admin}', '{adrnin,Adrnin}', '17', 90, NULL, 30, '{NULL,key}')`,
    'passing a look on to another of its names': (prisma: Pick<PrismaClient, '$queryRaw'>) =>
      prisma.$queryRaw`SELECT pass_skeleton_on(u.owner_id, u.look || '-')::text FROM usernames u WHERE u.key = 'former'`,
    'reading the profile under a former name': (prisma: Pick<PrismaClient, '$queryRaw'>) =>
      publicProfiles((sql, ...values) => prisma.$queryRaw(sql, ...values), [Username.parse('former')]),
    'reading the profiles under several': (prisma: Pick<PrismaClient, '$queryRaw'>) =>
      publicProfiles(
        (sql, ...values) => prisma.$queryRaw(sql, ...values),
        [Username.parse('former'), Username.parse('nobody-has-it'), Username.parse('current')],
      ),
    // As both were written at first: one join, whose plan reads the whole table.
    'looking candidates up by a join': (prisma: Pick<PrismaClient, '$queryRaw'>) =>
      prisma.$queryRaw`SELECT * FROM unnest(${candidates}::text[]) AS candidate(name)
        LEFT JOIN usernames u ON u.key = lower(candidate.name COLLATE "C")`,
  }

  /** How many rows of the tables a statement reads, with an index or without one. */
  async function rowsRead(run: (typeof statements)[keyof typeof statements]): Promise<number> {
    return database.prisma.$transaction(async (prisma) => {
      const read = () => prisma.$queryRaw<[{ rows: number }]>`
        SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0))::int AS rows FROM pg_stat_xact_user_tables
        WHERE relname IN ('usernames', 'profiles', 'idempotency_keys')`
      const [before] = await read()
      await run(prisma)
      const [after] = await read()
      return after.rows - before.rows
    })
  }

  test('reads no more of them for a loser or a visitor once there are many', async () => {
    const { prisma } = database
    const person = somebody()
    for (const username of ['former', 'current'])
      await callerOf(database, person).profile.claimUsername({ username })
    // PostgreSQL settles on a plan at the sixth time.
    for (let times = 0; times < 6; times++) for (const run of Object.values(statements)) await run(prisma)
    await prisma.$executeRaw`
      INSERT INTO usernames (key, display) SELECT 'many' || n, 'many' || n FROM generate_series(1, 3000) AS n`
    await prisma.$executeRaw`INSERT INTO profiles (id) SELECT 'many' || n FROM generate_series(1, 3000) AS n`
    await prisma.$executeRaw`
      INSERT INTO idempotency_keys (person_id, key, request, answer, created_at)
      SELECT 'many' || n, 'key', '', '{}', now() FROM generate_series(1, 3000) AS n`

    const few = 20
    expect(await rowsRead(statements['losing a claim'])).toBeLessThan(few)
    expect(await rowsRead(statements['losing claims together'])).toBeLessThan(few)
    expect(await rowsRead(statements['winning one with a key'])).toBeLessThan(few)
    expect(await rowsRead(statements['passing a look on to another of its names'])).toBeLessThan(few)
    expect(await rowsRead(statements['reading the profile under a former name'])).toBeLessThan(few)
    expect(await rowsRead(statements['reading the profiles under several'])).toBeLessThan(few)
    expect(await rowsRead(statements['looking candidates up by a join'])).toBeGreaterThan(3000)
  })
})
