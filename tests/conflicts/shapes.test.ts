import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PrismaClient } from '../../server/database/generated/client.ts'
import { engines, openTestDatabase, type TestDatabase, urlOf } from '../support/database.ts'
import { internals, runIn, warn } from './procedure.ts'

type Work = (prisma: PrismaClient) => Promise<unknown>

const neo = { key: 'neo', display: 'neo' }

/** Every way in which Prisma can be asked to write a name that is there already. */
const ofUsername: Record<string, Work> = {
  create: (prisma) => prisma.username.create({ data: neo }),
  update: (prisma) => prisma.username.update({ where: { key: 'trinity' }, data: neo }),
  updateMany: (prisma) => prisma.username.updateMany({ where: { key: 'trinity' }, data: neo }),
  upsert: (prisma) => prisma.username.upsert({ where: { key: 'absent' }, create: neo, update: {} }),
  createMany: (prisma) => prisma.username.createMany({ data: [neo] }),
  createManyAndReturn: (prisma) => prisma.username.createManyAndReturn({ data: [neo] }),
  'a nested create': (prisma) =>
    prisma.profile.create({ data: { id: 'new', names: { create: { ...neo, claimedAt: new Date() } } } }),
  'a nested createMany': (prisma) =>
    prisma.profile.create({
      data: { id: 'new', names: { createMany: { data: [{ ...neo, claimedAt: new Date() }] } } },
    }),
  $queryRaw: (prisma) =>
    prisma.$queryRaw`INSERT INTO usernames (key, display) VALUES ('neo', 'neo') RETURNING key`,
  $executeRaw: (prisma) => prisma.$executeRaw`INSERT INTO usernames (key, display) VALUES ('neo', 'neo')`,
  $executeRawUnsafe: (prisma) =>
    prisma.$executeRawUnsafe(`INSERT INTO usernames (key, display) VALUES ($1, $1)`, 'neo'),
  'an interactive transaction': (prisma) =>
    prisma.$transaction(async (tx) => {
      await tx.username.create({ data: { key: 'morpheus', display: 'morpheus' } })
      await tx.username.create({ data: neo })
    }),
  'raw SQL in an interactive transaction': (prisma) =>
    prisma.$transaction((tx) => tx.$executeRaw`INSERT INTO usernames (key, display) VALUES ('neo', 'neo')`),
  'a nested transaction': (prisma) =>
    prisma.$transaction((tx) => tx.$transaction((inner) => inner.username.create({ data: neo }))),
  'a batch transaction': (prisma) =>
    prisma.$transaction([
      prisma.username.create({ data: { key: 'morpheus', display: 'morpheus' } }),
      prisma.username.create({ data: neo }),
    ]),
  'an error that wraps the database error': async (prisma) => {
    try {
      return await prisma.username.create({ data: neo })
    } catch (cause) {
      throw new Error('cannot write', { cause })
    }
  },
}

const neosMail = { id: 'other', name: '', email: 'neo@example.com' }

/** The same with an e-mail address, which no procedure registers a failure for. */
const ofEmail: Record<string, Work> = {
  create: (prisma) => prisma.user.create({ data: neosMail }),
  update: (prisma) => prisma.user.update({ where: { id: 'trinity' }, data: { email: neosMail.email } }),
  upsert: (prisma) => prisma.user.upsert({ where: { id: 'other' }, create: neosMail, update: {} }),
  createMany: (prisma) => prisma.user.createMany({ data: [neosMail] }),
  $queryRaw: (prisma) =>
    prisma.$queryRaw`INSERT INTO users (id, name, email) VALUES ('other', '', 'neo@example.com') RETURNING id`,
  $executeRaw: (prisma) =>
    prisma.$executeRaw`INSERT INTO users (id, name, email) VALUES ('other', '', 'neo@example.com')`,
  'an interactive transaction': (prisma) => prisma.$transaction((tx) => tx.user.create({ data: neosMail })),
  'a batch transaction': (prisma) => prisma.$transaction([prisma.user.create({ data: neosMail })]),
}

describe.each(engines)('a unique violation on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    const { prisma } = database
    await prisma.username.createMany({ data: [neo, { key: 'trinity', display: 'trinity' }] })
    const people = ['neo', 'trinity'].map((id) => ({ id, name: id, email: `${id}@example.com` }))
    await prisma.user.createMany({ data: people })
  })
  afterAll(() => database?.close())

  test.each(Object.entries(ofUsername))(
    'by %s is the declared failure of its constraint',
    async (_, work) => {
      const end = await runIn(database, ['USERNAME_TAKEN', 'PROFILE_CHANGED'], () => work(database.prisma))
      expect(end.failure).toMatchObject({
        kind: 'USERNAME_TAKEN',
        payload: { username: 'neo', suggestions: [] },
      })
      expect(end.httpStatus).toBe(409)
      expect(end.wire).not.toMatch(internals)
      expect(end.log).toEqual([])
      expect(
        await database.prisma.username.count({ where: { key: { in: ['morpheus', 'neo', 'trinity'] } } }),
      ).toBe(2)
    },
  )

  test.each(Object.entries(ofUsername))(
    'by %s is a plain conflict where it is undeclared',
    async (_, work) => {
      const end = await runIn(database, ['PROFILE_CHANGED'], () => work(database.prisma))
      expect(end.failure).toMatchObject({ kind: 'CONFLICT', payload: null })
      expect(end.httpStatus).toBe(409)
      expect(end.wire).not.toMatch(internals)
      expect(end.log).toMatchObject([{ level: warn, violation: { constraint: 'usernames_pkey' } }])
    },
  )

  test.each(Object.entries(ofEmail))('of the e-mail by %s never says username', async (_, work) => {
    const end = await runIn(database, ['USERNAME_TAKEN', 'PROFILE_CHANGED'], () => work(database.prisma))
    expect(end.failure).toMatchObject({ kind: 'CONFLICT', payload: null })
    expect(end.wire).not.toMatch(/username|e-?mail|neo/i)
    expect(end.wire).not.toMatch(internals)
    expect(end.log).toMatchObject([{ level: warn, violation: { constraint: 'users_email_key' } }])
  })

  test('that says neither constraint nor columns is settled by looking', async () => {
    const untold = () =>
      database.prisma.$executeRaw`DO $$ BEGIN RAISE unique_violation USING MESSAGE = 'no'; END $$`
    const taken = await runIn(database, ['USERNAME_TAKEN'], untold, { username: 'Neo' })
    expect(taken.failure).toMatchObject({ kind: 'USERNAME_TAKEN', payload: { username: 'Neo' } })
    const free = await runIn(database, ['USERNAME_TAKEN'], untold, { username: 'free' })
    expect(free.failure).toMatchObject({ kind: 'CONFLICT', payload: null })
  })

  const person = { id: 'oracle', name: '' }

  test('that says nothing is a plain conflict where two constraints can explain it', async () => {
    const untold = () =>
      database.prisma.$executeRaw`DO $$ BEGIN RAISE unique_violation USING MESSAGE = 'no'; END $$`
    await database.prisma.profile.create({ data: { id: person.id } })
    for (const declared of [['USERNAME_TAKEN'], ['PROFILE_CHANGED']] as const) {
      const both = await runIn(database, [...declared], untold, { person })
      expect(both.failure).toMatchObject({ kind: 'CONFLICT', payload: null })
    }
    const profile = await runIn(database, ['PROFILE_CHANGED'], untold, { username: 'free', person })
    expect(profile.failure).toMatchObject({ kind: 'PROFILE_CHANGED' })
    const name = await runIn(database, ['PROFILE_CHANGED'], untold)
    expect(name.failure).toMatchObject({ kind: 'CONFLICT' })
    await database.prisma.profile.delete({ where: { id: person.id } })
  })

  test('that says only the model is never of another one', async () => {
    await database.prisma.$executeRaw`
      CREATE FUNCTION mute() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE unique_violation USING MESSAGE = 'no'; END $$`
    for (const table of ['users', 'usernames']) {
      await database.prisma.$executeRawUnsafe(
        `CREATE TRIGGER mute BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION mute()`,
      )
    }
    const mail = await runIn(database, ['USERNAME_TAKEN'], () =>
      database.prisma.user.create({ data: neosMail }),
    )
    const name = await runIn(database, ['USERNAME_TAKEN'], () =>
      database.prisma.username.create({ data: neo }),
    )
    await database.prisma.$executeRaw`DROP FUNCTION mute CASCADE`
    expect(mail.failure).toMatchObject({ kind: 'CONFLICT' })
    expect(mail.log).toMatchObject([{ violation: { model: 'User' } }])
    expect(name.failure).toMatchObject({ kind: 'USERNAME_TAKEN' })
  })

  test('that says only columns is settled by them and by looking', async () => {
    const onColumns = (columns: string) => () =>
      database.prisma.$executeRawUnsafe(
        `DO $$ BEGIN RAISE unique_violation USING MESSAGE = 'no', DETAIL = 'Key (${columns})=(x) already exists.'; END $$`,
      )
    const key = await runIn(database, ['USERNAME_TAKEN'], onColumns('key'))
    expect(key.failure).toMatchObject({ kind: 'USERNAME_TAKEN' })
    const keyOfAnother = await runIn(database, ['USERNAME_TAKEN'], onColumns('key'), { username: 'free' })
    expect(keyOfAnother.failure).toMatchObject({ kind: 'CONFLICT' })
    const email = await runIn(database, ['USERNAME_TAKEN'], onColumns('email'))
    expect(email.failure).toMatchObject({ kind: 'CONFLICT' })
  })
})

describe.each(engines)('a unique violation at COMMIT on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    await database.prisma.$executeRaw`ALTER TABLE usernames DROP CONSTRAINT usernames_pkey`
    await database.prisma.$executeRaw`
      ALTER TABLE usernames ADD CONSTRAINT usernames_pkey PRIMARY KEY (key) DEFERRABLE INITIALLY DEFERRED`
    await database.prisma.username.create({ data: neo })
  })
  afterAll(() => database?.close())

  const atCommit: Record<string, Work> = {
    'an interactive transaction': (prisma) => prisma.$transaction((tx) => tx.username.create({ data: neo })),
    'a batch transaction': (prisma) => prisma.$transaction([prisma.username.create({ data: neo })]),
    'a single statement': (prisma) => prisma.username.create({ data: neo }),
  }
  test.each(Object.entries(atCommit))('of %s is the declared failure, never a success', async (_, work) => {
    const end = await runIn(database, ['USERNAME_TAKEN'], () => work(database.prisma))
    expect(end.failure).toMatchObject({ kind: 'USERNAME_TAKEN', payload: { username: 'neo' } })
    expect(end.wire).not.toMatch(internals)
    expect(await database.prisma.username.count({ where: { key: 'neo' } })).toBe(1)
  })
})

describe.each(engines)('a unique violation outside Prisma, on %s,', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  const schema = 'CREATE TEMPORARY TABLE names (key text CONSTRAINT usernames_pkey PRIMARY KEY)'
  const insert = `INSERT INTO names VALUES ('neo')`

  async function openDriver(): Promise<{ run(sql: string): Promise<unknown>; close(): Promise<void> }> {
    if (engine === 'embedded') {
      const client = await PGlite.create()
      return { run: (sql) => client.query(sql), close: () => client.close() }
    }
    const client = new pg.Client(urlOf(database.location))
    await client.connect()
    return { run: (sql) => client.query(sql), close: () => client.end() }
  }

  test("is told by the driver's own error", async () => {
    const driver = await openDriver()
    try {
      await driver.run(schema)
      await driver.run(insert)
      const end = await runIn(database, ['USERNAME_TAKEN'], () => driver.run(insert))
      expect(end.failure).toMatchObject({ kind: 'USERNAME_TAKEN', payload: { username: 'neo' } })
      expect(end.wire).not.toMatch(internals)
    } finally {
      await driver.close()
    }
  })
})
