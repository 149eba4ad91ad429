import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ForgivingPool } from '../../server/database/forgiving-pool.ts'
import { PrismaClient } from '../../server/database/generated/client.ts'
import { openTestDatabase, type TestDatabase, urlOf, withPostgres } from '../support/database.ts'
import { type Observer, observe } from './backends.ts'

describe.skipIf(!withPostgres)('a pool of one connection', () => {
  let database: TestDatabase
  let observer: Observer
  let pool: pg.Pool
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
    observer = await observe(urlOf(database.location))
  })
  afterAll(async () => {
    await observer?.close()
    await database?.close()
  })
  beforeEach(() => {
    pool = new ForgivingPool({ connectionString: urlOf(database.location), max: 1 })
    pool.on('error', () => {})
  })
  afterEach(() => pool.end())

  async function pidOf(some: pg.Pool): Promise<number> {
    return (await some.query('SELECT pg_backend_pid() AS pid')).rows[0].pid
  }

  const lose = `INSERT INTO usernames (key, display) VALUES ('admin', 'admin')`

  /** How many sessions this database ever had, as far as the server has counted. */
  async function sessionsEver(): Promise<number> {
    await observer.query('SELECT pg_stat_clear_snapshot()')
    const [row] = await observer.query<{ sessions: number }>(
      'SELECT sessions::int FROM pg_stat_database WHERE datname = current_database()',
    )
    return row?.sessions ?? Number.NaN
  }

  /** Has 100 people lose a unique race at once, through Prisma. */
  async function lose100Times(some: pg.Pool): Promise<void> {
    const prisma = new PrismaClient({ adapter: new PrismaPg(some) })
    const losers = Array.from({ length: 100 }, () =>
      prisma.username.create({ data: { key: 'admin', display: 'admin' } }),
    )
    const ends = await Promise.allSettled(losers)
    await prisma.$disconnect()
    expect(ends.map((end) => end.status)).toEqual(Array(100).fill('rejected'))
  }

  test('keeps it while 100 people lose', async () => {
    const others = await sessionsEver()
    const pid = await pidOf(pool)
    await expect.poll(sessionsEver).toBeGreaterThan(others)
    const before = await sessionsEver()
    await lose100Times(pool)
    expect(await pidOf(pool)).toBe(pid)
    expect((await sessionsEver()) - before).toBe(0)
  })

  test('of pg itself opens a new one after each loser, and the same test sees it', async () => {
    const stock = new pg.Pool({ connectionString: urlOf(database.location), max: 1 })
    const pid = await pidOf(stock)
    const before = await sessionsEver()
    await lose100Times(stock)
    expect(await pidOf(stock)).not.toBe(pid)
    await stock.end()
    await expect.poll(async () => (await sessionsEver()) - before).toBeGreaterThan(90)
  })

  const refusals: Record<string, string> = {
    'a unique violation': lose,
    'a CHECK': `INSERT INTO usernames (key, display) VALUES ('A', 'A')`,
    'a deadlock': 'DO $$ BEGIN RAISE deadlock_detected; END $$',
    'a timeout': `SET statement_timeout TO 20; SELECT pg_sleep(10)`,
    'wrong SQL': 'SELEKT 1',
  }
  test.each(Object.entries(refusals))('keeps it after %s', async (_, sql) => {
    const before = await pidOf(pool)
    await expect(pool.query(sql)).rejects.toThrow()
    expect(await pidOf(pool)).toBe(before)
  })

  const breakages: Record<string, string> = {
    'a FATAL error': 'SELECT pg_terminate_backend(pg_backend_pid())',
    'a stale prepared statement': `DO $$ BEGIN RAISE feature_not_supported; END $$`,
    'a read-only server': 'DO $$ BEGIN RAISE read_only_sql_transaction; END $$',
  }
  test.each(Object.entries(breakages))('replaces it after %s', async (_, sql) => {
    const before = await pidOf(pool)
    await expect(pool.query(sql)).rejects.toThrow()
    expect(await pidOf(pool)).not.toBe(before)
  })

  const named = { name: 'rows', text: 'SELECT * FROM sample' }
  beforeEach(async () => {
    await observer.query('DROP TABLE IF EXISTS sample')
    await observer.query('CREATE TABLE sample AS SELECT 1 AS one')
  })

  test('replaces it, and runs again what it had prepared, after a migration', async () => {
    expect((await pool.query(named)).rows).toEqual([{ one: 1 }])
    const before = await pidOf(pool)
    await observer.query('ALTER TABLE sample ADD two int')
    expect((await pool.query(named)).rows).toEqual([{ one: 1, two: null }])
    expect(await pidOf(pool)).not.toBe(before)
  })

  test('replaces it, and runs again what it had prepared, after that got lost', async () => {
    await pool.query(named)
    await pool.query('DEALLOCATE ALL')
    expect((await pool.query(named)).rows).toEqual([{ one: 1 }])
  })

  test('gives up a statement that no connection can run', async () => {
    await observer.query('CREATE SEQUENCE IF NOT EXISTS attempts')
    await observer.query(
      `CREATE OR REPLACE FUNCTION never() RETURNS void LANGUAGE plpgsql AS
       $$ BEGIN PERFORM nextval('attempts'); RAISE feature_not_supported; END $$`,
    )
    const attempts = () => observer.query(`SELECT last_value::int AS n FROM attempts`)
    await expect(pool.query({ name: 'never', text: 'SELECT never()' })).rejects.toThrow()
    expect(await attempts()).toEqual([{ n: 2 }])
    await expect(pool.query('SELECT never()')).rejects.toThrow()
    expect(await attempts()).toEqual([{ n: 3 }])
  })

  test('replaces it when it was ended while idle', async () => {
    const before = await pidOf(pool)
    const lost = new Promise((resolve) => pool.once('error', resolve))
    await observer.query('SELECT pg_terminate_backend($1)', [before])
    await lost
    expect(await pidOf(pool)).not.toBe(before)
  })

  async function releaseMidTransaction(some: pg.Pool) {
    const client = await some.connect()
    await client.query('BEGIN')
    client.release()
    await some.query(`UPDATE profiles SET bio = 'kept' WHERE id = 'someone'`)
  }

  async function bioKept() {
    return observer.query(`SELECT bio FROM profiles WHERE id = 'someone'`)
  }

  test("never runs a statement in somebody else's transaction", async () => {
    await database.prisma.profile.upsert({
      where: { id: 'someone' },
      create: { id: 'someone' },
      update: { bio: '' },
    })
    const stock = new pg.Pool({ connectionString: urlOf(database.location), max: 1 })
    await releaseMidTransaction(stock)
    await stock.end()
    expect(await bioKept()).toEqual([{ bio: '' }])

    await releaseMidTransaction(pool)
    expect(await bioKept()).toEqual([{ bio: 'kept' }])
  })
})
