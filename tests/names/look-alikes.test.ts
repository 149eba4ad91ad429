import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/failure.ts'
import type { Person } from '../../server/domain/person.ts'
import { createCaller } from '../../server/router.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { contextOf, somebody } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'
import { passDays } from './age.ts'

describe.each(engines)('a name that looks like another on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  const profileOf = (person: Person, lookAlikes: 'refuse' | 'allow' = 'refuse') =>
    createCaller(contextOf(database, { person, rules: { ...anyRenames, lookAlikes } })).profile

  async function claim(person: Person, username: string, lookAlikes?: 'refuse' | 'allow') {
    try {
      return { kind: 'CLAIMED', ...(await profileOf(person, lookAlikes).claimUsername({ username })) }
    } catch (error) {
      return failureOf(error as object)
    }
  }

  test.each([
    ['Alice', 'AIice'],
    ['Alice', 'aIice'],
    ['Alice', 'A1ice'],
    ['bobby', 'b0bby'],
    ['morpheus', 'rnorpheus'],
    ['Maggie', 'rnaggie'],
    ['corner', 'comer'],
    ['paypal', 'paypaI'],
    ['OOOOO', '00000'],
  ])('of somebody else is refused: %s, then %s', async (first, second) => {
    const place = `-${first.length}${second.length}`
    const [owner, other] = [somebody(), somebody()]
    expect(await claim(owner, first + place)).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(other, second + place)).toMatchObject({
      kind: 'USERNAME_TOO_SIMILAR',
      payload: { username: second + place, resembles: first + place, suggestions: { length: 5 } },
    })
    expect(await profileOf(other).checkUsername({ username: second + place })).toMatchObject({
      status: 'too-similar',
      resembles: first + place,
    })
    expect(await profileOf(other).me()).toMatchObject({ username: null })
    await profileOf(owner).releaseUsername({})
    await passDays(database, 90)
  })

  test.each([
    ['mail', 'mall'],
    ['bill', 'bili'],
    ['alicia', 'alice'],
    ['dove', 'clove'],
  ])('only in other capitals, or not at all, is not: %s, then %s', async (first, second) => {
    expect(await claim(somebody(), `${first}-x`)).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(somebody(), `${second}-x`)).toMatchObject({ kind: 'CLAIMED' })
  })

  test('is refused without saying of what, where that is not public', async () => {
    expect(await claim(somebody(), 'adrnin')).toMatchObject({
      kind: 'USERNAME_TOO_SIMILAR',
      payload: { resembles: null },
    })
    const owner = somebody()
    await claim(owner, 'hidden-0')
    await profileOf(owner).releaseUsername({})
    const refused = await claim(somebody(), 'hidden-O')
    expect(refused).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR', payload: { resembles: null } })
  })

  test('is one’s own to take, back and forth, and stays closed to others throughout', async () => {
    const owner = somebody()
    for (const username of ['twin-1', 'twin-l', 'twin-I', 'twin-1', 'twin-l']) {
      expect(await claim(owner, username)).toMatchObject({ kind: 'CLAIMED', username })
      for (const other of ['twin-1', 'twin-l', 'twin-I']) {
        expect((await claim(somebody(), other)).kind).toMatch(/^USERNAME_(TAKEN|HELD|TOO_SIMILAR)$/)
      }
    }
  })

  test('in capitals that make one of it is refused, and the name stays as it was', async () => {
    const [ian, lan] = [somebody(), somebody()]
    expect(await claim(lan, 'lan-q')).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(ian, 'ian-q')).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(ian, 'Ian-q')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
    expect(await claim(ian, 'ian-q')).toMatchObject({ kind: 'CLAIMED' })
    expect(await profileOf(ian).me()).toMatchObject({ username: 'ian-q' })
  })

  test('is to be had once nobody holds the other one any more, which then is refused in turn', async () => {
    const [owner, next] = [somebody(), somebody()]
    await claim(owner, 'gone-0')
    await profileOf(owner).releaseUsername({})
    expect(await claim(next, 'gone-o')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
    await passDays(database, 90)
    expect(await claim(next, 'gone-o')).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(owner, 'gone-0')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
    expect(await claim(somebody(), 'gone-0')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
  })

  test('is kept off also after the newer of two was spelled anew, and the older is to be had back', async () => {
    const [owner, stranger] = [somebody(), somebody()]
    for (const username of ['Ilse', 'llse', 'LLSE']) await claim(owner, username)
    expect(await claim(stranger, '1lse')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
    expect(await claim(owner, 'Ilse')).toMatchObject({ kind: 'CLAIMED' })
  })

  test('is not handed over while somebody else keeps the other, nor freed from under it', async () => {
    const operator = createCaller(contextOf(database, { isOperator: true })).admin
    const [owner, other] = [somebody(), somebody()]
    await claim(other, 'bystander')
    for (const username of ['twine-0', 'twine-o']) await claim(owner, username)
    const handed = await operator
      .transferUsername({ username: 'twine-0', to: other.id })
      .catch((error) => failureOf(error).kind)
    expect(handed).toBe('USERNAME_TOO_SIMILAR')
    await operator.transferUsername({ username: 'twine-0', to: owner.id })
    await passDays(database, 90)
    expect(await claim(other, 'twine-o')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })

    for (const username of ['given-0', 'given-o']) await claim(owner, username)
    await operator.releaseUsername({ username: 'given-o', atOnce: true })
    expect(await claim(other, 'given-o')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
    expect(await claim(owner, 'given-0')).toMatchObject({ kind: 'CLAIMED' })
  })

  test('is kept off by a reservation, also from the person it is for', async () => {
    await database.prisma.$queryRaw`
      SELECT reserve_username('amazon', 'arnazon', '17.0.0', 'ours', 'me@example.com', NULL, NULL)::text`
    const meant = { ...somebody(), email: 'me@example.com' }
    expect(await claim(meant, 'amaz0n')).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
    expect(await claim(meant, 'amazon')).toMatchObject({ kind: 'CLAIMED' })
  })

  test('is not looked for where look-alikes are allowed', async () => {
    expect(await claim(somebody(), 'free-0', 'allow')).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(somebody(), 'free-o', 'allow')).toMatchObject({ kind: 'CLAIMED' })
    expect(await profileOf(somebody(), 'allow').checkUsername({ username: 'adrnin' })).toMatchObject({
      status: 'available',
    })
  })

  test('has one winner among 60 people who claim it in 6 ways at once', async () => {
    const ways = ['race-0l', 'race-01', 'race-Ol', 'race-O1', 'race-oI', 'race-ol']
    const people = Array.from({ length: 60 }, () => somebody())
    const ends = await Promise.all(people.map((person, at) => claim(person, ways[at % 6] ?? '')))
    expect(ends.filter(({ kind }) => kind === 'CLAIMED')).toHaveLength(1)
    const losers = ends.filter(({ kind }) => kind !== 'CLAIMED')
    expect(losers.filter(({ kind }) => !/^USERNAME_(TAKEN|TOO_SIMILAR)$/.test(kind))).toEqual([])
    const rows = await database.prisma.username.findMany({ where: { skeleton: 'race-ol' } })
    expect(rows).toHaveLength(1)
  })

  test('has one winner too where it is nobody’s any more, whichever of them is taken', async () => {
    const owner = somebody()
    const ways = ['late-0l', 'late-o1', 'late-Ol', 'late-O1']
    for (const username of ways) await claim(owner, username)
    await profileOf(owner).releaseUsername({})
    await passDays(database, 90)
    const people = Array.from({ length: 40 }, () => somebody())
    const ends = await Promise.all(people.map((person, at) => claim(person, ways[at % 4] ?? '')))
    expect(ends.filter(({ kind }) => kind === 'CLAIMED')).toHaveLength(1)
    const losers = ends.filter(({ kind }) => kind !== 'CLAIMED')
    expect(losers.filter(({ kind }) => !/^USERNAME_(TAKEN|TOO_SIMILAR)$/.test(kind))).toEqual([])
  })

  // The embedded database runs one statement after the other.
  test.runIf(engine === 'postgresql')('would have two if the skeleton were only looked up', async () => {
    await database.prisma.$executeRaw`DROP INDEX usernames_skeleton_key`
    const people = [somebody(), somebody()] as const
    const ids = people.map(({ id }) => id)
    // Both have looked up the skeleton once they wait to enter their profiles.
    const entered = await lock(
      database,
      "INSERT INTO profiles (id, display_name) SELECT unnest($1::text[]), ''",
      [ids],
    )
    await entered.query('DELETE FROM profiles WHERE id = ANY ($1)', [ids])
    const ends = Promise.all([claim(people[0], 'torn-0l'), claim(people[1], 'torn-o1')])
    await entered.waiting(2)
    await entered.release()
    expect(await ends).toMatchObject([{ kind: 'CLAIMED' }, { kind: 'CLAIMED' }])
  })
})
