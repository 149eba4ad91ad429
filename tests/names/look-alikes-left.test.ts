import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { confusablesVersion, skeleton } from '../../shared/confusables.ts'
import { Username } from '../../shared/username.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { callerOf, somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator, newMember } from './administrators.ts'

describe.each(engines)('a name that somebody still has, like one that they lost, on %s', (engine) => {
  let database: TestDatabase
  let admin: ReturnType<typeof callerOf>['admin']
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    admin = callerOf(database, await newAdministrator(database)).admin
  })
  afterAll(() => database.close())

  /** Three names that look alike: with a 1, an l and an I at their end. */
  function alike(): [one: string, el: string, capital: string] {
    const stem = freshName('like')
    return [`${stem}1`, `${stem}l`, `${stem}I`]
  }

  /** Somebody for whom the first is held, while the second, which kept others off both, is anybody's. */
  async function owning(first: string, second: string) {
    const owner = somebody()
    for (const username of [first, second])
      await callerOf(database, owner).profile.claimUsername({ username })
    await callerUnder(database, owner, { holdDays: 0 }).profile.claimUsername({ username: freshName('next') })
    return owner
  }
  const claim = (person: { id: string; name: string }, username: string) =>
    endOf(callerOf(database, person).profile.claimUsername({ username }))
  const keeperOf = async (key: string) =>
    (await database.prisma.username.findUnique({ where: { key: key.toLowerCase() } }))?.skeleton ?? null

  test('is theirs alone, whoever the lost one was reserved for', async () => {
    const [one, el] = alike()
    const owner = await owning(one, el)
    await admin.reserveUsername({ username: el })
    const taker = await newMember(database)
    expect((await endOf(admin.transferUsername({ username: el, to: taker.id }))).kind).toBe(
      'USERNAME_TOO_SIMILAR',
    )
    expect((await claim(owner, one)).kind).toBe('DONE')
  })

  test('keeps others off once the lost one was reserved and is anybody’s again', async () => {
    const [one, el, capital] = alike()
    await owning(one, el)
    await admin.reserveUsername({ username: el })
    await admin.releaseUsername({ username: el, atOnce: true })
    expect((await claim(somebody(), capital)).kind).toBe('USERNAME_TOO_SIMILAR')
  })

  test('is theirs alone while a third one like it is reserved', async () => {
    const [one, el, capital] = alike()
    const owner = await owning(one, el)
    await admin.reserveUsername({ username: capital })
    const taker = await newMember(database)
    expect((await endOf(admin.transferUsername({ username: capital, to: taker.id }))).kind).toBe(
      'USERNAME_TOO_SIMILAR',
    )
    expect((await claim(owner, one)).kind).toBe('DONE')
  })

  test('gives way to the current one of somebody else, which was claimed while that was allowed', async () => {
    const [one, el, capital] = alike()
    await owning(one, el)
    const other = somebody()
    await callerUnder(database, other, { lookAlikes: 'allow' }).profile.claimUsername({ username: capital })
    const [key, look] = [capital.toLowerCase(), skeleton(Username.parse(capital))]
    await database.prisma.$queryRaw`SELECT set_skeleton(${key}, ${capital}, ${look}, ${confusablesVersion})`
    expect([await keeperOf(el), await keeperOf(capital)]).toEqual([null, look])
  })

  describe.runIf(engine === 'postgresql')('in the order that locks make', () => {
    const claimAs = (person: string, username: string, look: string) =>
      lock(database, `SELECT claim_username($1, '', NULL, $2, $3, $4, 90, NULL, 30, NULL)`, [
        person,
        username,
        look,
        confusablesVersion,
      ])

    test('leaves it to whoever claims a third one first to keep others off', async () => {
      const [one, el, capital] = alike()
      const [alice, pat] = [somebody(), somebody()]
      const anything = (person: typeof pat) => callerUnder(database, person, { lookAlikes: 'allow' }).profile
      await anything(alice).claimUsername({ username: capital })
      for (const username of [one, el]) await anything(pat).claimUsername({ username })
      for (const name of [capital, el, one]) {
        await database.prisma
          .$queryRaw`SELECT set_skeleton(${name.toLowerCase()}, ${name}, ${el}, ${confusablesVersion})`
      }
      await admin.releaseUsername({ username: capital, atOnce: true })
      const claimed = await claimAs(somebody().id, capital, el)
      const release = endOf(admin.releaseUsername({ username: el, atOnce: true }))
      await claimed.waiting(1)
      await claimed.release()
      expect((await release).kind).toBe('DONE')
      expect([await keeperOf(capital), await keeperOf(one)]).toEqual([el, null])
    })

    test('has no part in it once it was freed meanwhile', async () => {
      const [one, , capital] = alike()
      await owning(one, capital)
      const freed = await lock(database, `SELECT free_username($1, 90, true, NULL, NULL)`, [one])
      const taken = claim(somebody(), capital.toLowerCase())
      await freed.waiting(1)
      await freed.release()
      expect((await taken).kind).toBe('DONE')
      expect(await keeperOf(one)).toBeNull()
    })

    test('is passed it by a reservation that comes first to its owner, then to the names', async () => {
      const [one, el] = alike()
      const owner = await owning(one, el)
      const before = await lock(database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [owner.id])
      const reservation = endOf(admin.reserveUsername({ username: el }))
      await before.waiting(1)
      await before.query('SELECT FROM usernames WHERE owner_id = $1 FOR UPDATE', [owner.id])
      await before.release()
      expect((await reservation).kind).toBe('DONE')
      expect(await keeperOf(one)).not.toBeNull()
    })
  })
})
