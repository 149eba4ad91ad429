import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Prisma, PrismaClient } from '../../server/database/generated/client.ts'
import { transact } from '../../server/database/transact.ts'
import { type Observer, observe } from '../database/backends.ts'
import { engines, openTestDatabase, type TestDatabase, urlOf, withPostgres } from '../support/database.ts'
import { error, internals, runIn, warn } from './procedure.ts'

const unavailable = { kind: 'UNAVAILABLE', payload: null }

describe.each(engines)('on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  test('a serialization failure that goes on is given up after five attempts', async () => {
    let attempts = 0
    const end = await runIn(database, [], () =>
      transact(() => {
        attempts++
        return database.prisma.$executeRaw`DO $$ BEGIN RAISE serialization_failure; END $$`
      }),
    )
    expect(attempts).toBe(5)
    expect(end.failure).toMatchObject(unavailable)
    expect(end.wire).not.toMatch(internals)
  })

  test('a record that is gone is not found', async () => {
    const end = await runIn(database, [], () =>
      database.prisma.profile.update({ where: { id: 'nobody' }, data: { bio: '' } }),
    )
    expect(end.failure).toMatchObject({ kind: 'NOT_FOUND', payload: null })
    expect(end.wire).not.toMatch(internals)
  })

  const defects: Record<string, (prisma: PrismaClient) => Promise<unknown>> = {
    'a CHECK': (prisma) => prisma.username.create({ data: { key: 'SECRET', display: 'SECRET' } }),
    'a NUL byte': (prisma) => prisma.username.findUnique({ where: { key: 'secret\0' } }),
    'an aborted transaction': (prisma) =>
      prisma.$transaction(async (tx) => {
        await tx.username.create({ data: { key: 'admin', display: 'admin' } }).catch(() => {})
        return tx.username.findUnique({ where: { key: 'secret' } })
      }),
    'SQL that is wrong': (prisma) => prisma.$queryRaw`SELECT secret FROM nowhere`,
    'an input that Prisma refuses': (prisma) => prisma.$queryRawUnsafe('SELECT $1::int AS secret', 'secret'),
  }
  test.each(Object.entries(defects))('%s is a defect, of which only the log knows more', async (_, work) => {
    const end = await runIn(database, ['USERNAME_TAKEN'], () => work(database.prisma))
    expect(end.failure).toMatchObject({ kind: 'UNEXPECTED', payload: null })
    expect(end.httpStatus).toBe(500)
    expect(end.wire).not.toMatch(/secret/i)
    expect(end.wire).not.toMatch(internals)
    expect(end.log).toMatchObject([{ level: error, msg: 'defect' }])
  })
})

describe.skipIf(!withPostgres)('between sessions of PostgreSQL', () => {
  let database: TestDatabase
  let other: Observer
  beforeAll(async () => {
    database = await openTestDatabase('postgresql', { poolSize: 3 })
  })
  afterAll(() => database?.close())

  beforeEach(async () => {
    other = await observe(urlOf(database.location))
    await database.prisma.profile.deleteMany()
    await database.prisma.profile.createMany({ data: [{ id: 'a' }, { id: 'b' }] })
  })
  afterEach(() => other.close())

  function rename(tx: Prisma.TransactionClient, id: string, displayName: string) {
    return tx.profile.update({ where: { id }, data: { displayName } })
  }
  async function nameOf(id: string) {
    return (await database.prisma.profile.findUniqueOrThrow({ where: { id } })).displayName
  }

  describe('a deadlock', () => {
    let attempts = 0
    let rival: Observer
    let rivalEnded: Promise<unknown>
    beforeEach(async () => {
      attempts = 0
      rival = await observe(urlOf(database.location))
      // Ours looks for a deadlock first, and so is its victim.
      await rival.query("SET deadlock_timeout TO '1min'")
    })
    afterEach(() => rival.close())

    /** Locks two rows; on the first attempt while the rival locks them the other way round. */
    async function renameBoth(tx: Prisma.TransactionClient) {
      if (++attempts > 1) {
        // It holds one row still, and has yet to wake up to take the other.
        await rivalEnded
        await rename(tx, 'a', 'ours')
        await rename(tx, 'b', 'ours')
        return
      }
      // It looks for one once, and by then has to be waited for itself.
      await tx.$executeRaw`SET LOCAL deadlock_timeout TO '5s'`
      await rename(tx, 'a', 'ours')
      await rival.query('BEGIN')
      await rival.query("UPDATE profiles SET display_name = 'theirs' WHERE id = 'b'")
      const ours = Promise.allSettled([rename(tx, 'b', 'ours')])
      await other.untilBackend('UPDATE "public"."profiles"', 'for a lock')
      rivalEnded = rival
        .query("UPDATE profiles SET display_name = 'theirs' WHERE id = 'a'")
        .then(() => rival.query('COMMIT'))
      const [end] = await ours
      if (end.status === 'rejected') throw end.reason
    }

    test('is retried as a whole and succeeds', async () => {
      const end = await runIn(database, [], () =>
        transact(() => database.prisma.$transaction((tx) => renameBoth(tx))),
      )
      await rivalEnded
      expect(end.failure).toBeUndefined()
      expect(attempts).toBe(2)
      expect([await nameOf('a'), await nameOf('b')]).toEqual(['ours', 'ours'])
    })

    test('is unavailable without a retry, and nothing was kept', async () => {
      const end = await runIn(database, [], () => database.prisma.$transaction((tx) => renameBoth(tx)))
      await rivalEnded
      expect(end.failure).toMatchObject(unavailable)
      expect(end.httpStatus).toBe(503)
      expect(end.wire).not.toMatch(internals)
      expect(end.log).toMatchObject([{ level: warn, msg: 'database retry' }])
      expect([await nameOf('a'), await nameOf('b')]).toEqual(['theirs', 'theirs'])
    })
  })

  describe('a serialization failure', () => {
    let attempts = 0
    beforeEach(() => {
      attempts = 0
    })

    test('of a statement is retried and succeeds', async () => {
      const end = await runIn(database, [], () =>
        transact(() =>
          database.prisma.$transaction(
            async (tx) => {
              const { version } = await tx.profile.findUniqueOrThrow({ where: { id: 'a' } })
              if (++attempts === 1) await other.query("UPDATE profiles SET version = 7 WHERE id = 'a'")
              await tx.profile.update({ where: { id: 'a' }, data: { version: version + 1 } })
            },
            { isolationLevel: 'RepeatableRead' },
          ),
        ),
      )
      expect(end.failure).toBeUndefined()
      expect(attempts).toBe(2)
      const { version } = await database.prisma.profile.findUniqueOrThrow({ where: { id: 'a' } })
      expect(version).toBe(8)
    })

    /** Reads both rows and writes one, while the other session does it the other way round: one must fail. */
    async function skew(tx: Prisma.TransactionClient) {
      attempts++
      await tx.profile.findMany()
      if (attempts === 1) {
        await other.query('BEGIN ISOLATION LEVEL SERIALIZABLE')
        await other.query('SELECT * FROM profiles')
        await other.query("UPDATE profiles SET display_name = 'theirs' WHERE id = 'b'")
      }
      await rename(tx, 'a', 'ours')
      if (attempts === 1) await other.query('COMMIT')
    }

    test('of COMMIT is retried and succeeds', async () => {
      const end = await runIn(database, [], () =>
        transact(() => database.prisma.$transaction(skew, { isolationLevel: 'Serializable' })),
      )
      expect(end.failure).toBeUndefined()
      expect(attempts).toBe(2)
      expect([await nameOf('a'), await nameOf('b')]).toEqual(['ours', 'theirs'])
    })

    test('of COMMIT is unavailable without a retry, and nothing was kept', async () => {
      const end = await runIn(database, [], () =>
        database.prisma.$transaction(skew, { isolationLevel: 'Serializable' }),
      )
      expect(end.failure).toMatchObject(unavailable)
      expect(end.wire).not.toMatch(internals)
      expect([await nameOf('a'), await nameOf('b')]).toEqual(['', 'theirs'])
    })
  })

  test('a statement that takes too long is a gateway timeout', async () => {
    const end = await runIn(database, [], () =>
      database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL statement_timeout TO 50`
        await tx.$queryRaw`SELECT true FROM pg_sleep(30)`
      }),
    )
    expect(end.failure).toMatchObject(unavailable)
    expect(end.httpStatus).toBe(504)
    expect(end.wire).not.toMatch(internals)
  })

  test('a lock that takes too long is a gateway timeout', async () => {
    await other.query('BEGIN')
    await other.query("UPDATE profiles SET display_name = 'theirs' WHERE id = 'a'")
    const end = await runIn(database, [], () =>
      database.prisma.$transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL lock_timeout TO 50`
        await rename(tx, 'a', 'ours')
      }),
    )
    await other.query('ROLLBACK')
    expect(end.failure).toMatchObject(unavailable)
    expect(end.httpStatus).toBe(504)
  })
})
