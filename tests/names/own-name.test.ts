import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { callerOf, somebody } from '../support/people.ts'
import { passDays } from './age.ts'

describe.skipIf(!withPostgres)('Somebody who asks for their own profile', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
  })
  afterAll(() => database?.close())

  /** Asks while the person is renamed and their former name given up, between a look at the one table and the other. */
  async function askedMeanwhile<T>(ask: (id: string) => Promise<T>): Promise<T> {
    const person = somebody()
    const caller = callerOf(database, person)
    const [former, later] = ['former', 'later'].map((name) => `${name}-${person.id.slice(0, 8)}`)
    await caller.profile.claimUsername({ username: former ?? '' })
    const rename = await lock(database, 'LOCK TABLE usernames IN ACCESS EXCLUSIVE MODE')
    const asked = ask(person.id)
    await rename.waiting(1)
    await rename.query('SELECT * FROM claim_username($1, $2, NULL, $3, NULL, NULL, 90, NULL, 30, NULL)', [
      person.id,
      person.name,
      later,
    ])
    await rename.query('DELETE FROM usernames WHERE key = $1', [former])
    await rename.release()
    return asked
  }

  test('is never told that they have no name while they go from one to another', async () => {
    const own = await askedMeanwhile((id) => callerOf(database, { id, name: '' }).profile.me())
    expect(own.username).toMatch(/^later-/)
  })

  test('was told so as Prisma reads it', async () => {
    const own = await askedMeanwhile(async (id) =>
      database.prisma.profile.findUnique({ where: { id }, select: { username: true } }),
    )
    expect(own).toEqual({ username: null })
  })
})

describe.skipIf(!withPostgres)(
  'Somebody who claims a name that another gave up, twice at once and without a key,',
  () => {
    let database: TestDatabase
    beforeAll(async () => {
      database = await openTestDatabase('postgresql')
    })
    afterAll(() => database?.close())

    test('has it once in the history, and is told of no spelling before', async () => {
      const [before, person] = [somebody(), somebody()]
      await callerOf(database, before).profile.claimUsername({ username: 'Trinity' })
      await callerOf(database, before).profile.releaseUsername({})
      await passDays(database, 91)
      const { profile } = callerOf(database, person)
      await profile.update({ version: (await profile.me()).version, bio: 'There is no spoon.' })
      const gate = await lock(database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [person.id])
      const claims = [1, 2].map(() => profile.claimUsername({ username: 'trinity' }))
      await gate.waiting(2)
      await gate.release()
      await Promise.all(claims)
      const changes = await database.prisma.usernameChange.findMany({
        where: { key: 'trinity', personId: person.id },
        select: { cause: true },
      })
      expect(changes).toEqual([{ cause: 'claimed' }])
    })
  },
)
