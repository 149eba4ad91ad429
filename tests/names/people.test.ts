import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPerson } from '../../server/domain/people.ts'
import { forgetPerson } from '../../server/domain/release.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { usualRules } from '../support/rules.ts'
import { callerUnder, newAdministrator } from './administrators.ts'

describe.each(engines)('An @username on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine, { poolSize: 1 })
  })
  afterAll(() => database.close())

  /** Somebody, and the name that they will claim. */
  const wish = (word: string) => ({ person: somebody(), username: freshName(word) })
  const find = (name: string) => findPerson(database.prisma, `@${name}`)

  test('names who has it, in whichever capitals', async () => {
    const [person, name] = [somebody('Neo'), freshName('Neo')]
    await callerOf(database, person).profile.claimUsername({ username: name })
    const found = { id: person.id, name: 'Neo' }
    expect([await find(name), await find(name.toUpperCase())]).toEqual([found, found])
  })

  test('names nobody where it is held, reserved, free, or nobody’s ever', async () => {
    const { admin } = callerOf(database, await newAdministrator(database))
    const [former, held, over, deleted] = [wish('old'), wish('held'), wish('over'), wish('gone')]
    const owned = [former, held, over, deleted]
    for (const { person, username } of owned)
      await callerOf(database, person).profile.claimUsername({ username })
    await callerOf(database, former.person).profile.claimUsername({ username: freshName('now') })
    await callerOf(database, held.person).profile.releaseUsername({})
    await callerUnder(database, over.person, { holdDays: 0 }).profile.releaseUsername({})
    await forgetPerson(database.prisma, { person: deleted.person, rules: usualRules })
    const [reserved, freed, never] = [freshName('reserved'), freshName('freed'), freshName('never')]
    for (const username of [reserved, freed]) await admin.reserveUsername({ username })
    await admin.releaseUsername({ username: freed })
    for (const name of [...owned.map(({ username }) => username), reserved, freed, never])
      expect({ name, found: await find(name) }).toEqual({ name, found: null })
  })

  test('or an id is taken as it was meant, with spaces around it', async () => {
    const { person, username } = wish('spaced')
    await callerOf(database, person).profile.claimUsername({ username })
    const found = { id: person.id, name: person.name }
    for (const named of [`@${username}`, person.id]) {
      expect(await findPerson(database.prisma, ` ${named} `)).toEqual(found)
    }
  })

  test('is looked up by reading a row or two, however many people there are', async () => {
    const { prisma } = database
    await prisma.$executeRaw`INSERT INTO profiles (id) SELECT 'many' || n FROM generate_series(1, 3000) AS n`
    await prisma.$executeRaw`
      INSERT INTO usernames (key, display) SELECT 'many' || n, 'many' || n FROM generate_series(1, 3000) AS n`
    const { person, username } = wish('last')
    await callerOf(database, person).profile.claimUsername({ username })
    await prisma.$executeRawUnsafe('ANALYZE profiles, usernames')
    /** How many rows it reads, with an index or without one. */
    const rowsRead = (name: string) =>
      prisma.$transaction(async (transaction) => {
        const read = () => transaction.$queryRaw<[{ rows: number }]>`
          SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0))::int AS rows FROM pg_stat_xact_user_tables
          WHERE relname IN ('usernames', 'profiles')`
        const [before] = await read()
        await findPerson(transaction as typeof prisma, `@${name}`)
        const [after] = await read()
        return after.rows - before.rows
      })
    expect(await rowsRead(username)).toBeLessThan(5)
    expect(await rowsRead(freshName('nobody'))).toBeLessThan(5)
  })
})
