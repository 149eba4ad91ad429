import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/failure.ts'
import type { NameRules } from '../../server/domain/name-rules.ts'
import type { Person } from '../../server/domain/person.ts'
import { forgetPerson } from '../../server/domain/release.ts'
import { createCaller } from '../../server/router.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { contextOf, somebody } from '../support/people.ts'
import { anyRenames, usualRules } from '../support/rules.ts'
import { passDays } from './age.ts'

const day = 86_400_000

describe.each(engines)('a name that was given up on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  const profileOf = (person: Person | null, rules: NameRules = anyRenames) =>
    createCaller(contextOf(database, { person, rules })).profile

  async function claim(person: Person, username: string, rules?: NameRules) {
    try {
      return { kind: 'CLAIMED', ...(await profileOf(person, rules).claimUsername({ username })) }
    } catch (error) {
      return failureOf(error as object)
    }
  }
  const look = (username: string) =>
    profileOf(null)
      .get({ username })
      .catch((error) => failureOf(error).kind)

  const endOf = (release: Promise<unknown>) =>
    release.then(
      () => 'RELEASED',
      (error) => failureOf(error).kind,
    )

  test('leads to its owner’s current one, however often they were renamed', async () => {
    const owner = somebody()
    for (const username of ['chain-a', 'chain-b', 'chain-c', 'chain-a', 'chain-b', 'Chain-D']) {
      await claim(owner, username)
    }
    for (const username of ['chain-a', 'CHAIN-B', 'chain-c']) {
      expect(await look(username)).toEqual({ movedTo: 'Chain-D' })
    }
    expect(await look('chain-d')).toMatchObject({ username: 'Chain-D' })
  })

  test('is held, and says until when, by renaming and by release alike', async () => {
    const owner = somebody()
    await claim(owner, 'held-a')
    const renamed = await claim(owner, 'held-b')
    const released = await profileOf(owner).releaseUsername({})
    expect(released).toMatchObject({ released: 'held-b' })
    for (const [username, until] of [
      ['held-a', 'previousHeldUntil' in renamed ? renamed.previousHeldUntil : ''],
      ['held-b', released.heldUntil],
    ] as const) {
      const ahead = Date.parse(until ?? '') - Date.now()
      expect(ahead / day).toBeCloseTo(90, 1)
      expect(await claim(somebody(), username)).toMatchObject({
        kind: 'USERNAME_HELD',
        payload: { username, until, suggestions: { length: 5 } },
      })
      expect(await profileOf(somebody()).checkUsername({ username })).toMatchObject({ status: 'held', until })
    }
    expect(await look('held-a')).toBe('PROFILE_NOT_FOUND')
    expect(await profileOf(owner).me()).toMatchObject({ username: null, claimedAt: null })
    expect(await profileOf(owner).usernameHistory({})).toMatchObject({
      held: [{ username: 'held-b' }, { username: 'held-a' }],
      changes: [
        { cause: 'released', username: 'held-b', counterpart: null, status: 'held', byOthers: false },
        { cause: 'renamed', username: 'held-b', counterpart: 'held-a', status: 'current' },
        { cause: 'renamed', username: 'held-a', counterpart: 'held-b', status: 'held' },
        { cause: 'claimed', username: 'held-a', counterpart: null, status: 'current' },
      ],
      next: null,
    })
    expect(await claim(owner, 'held-a')).toMatchObject({ kind: 'CLAIMED' })
  })

  test('with its account is no longer its owner’s to act for', async () => {
    const owner = somebody()
    await claim(owner, 'forgotten-a')
    await forgetPerson(database.prisma, { person: owner, rules: anyRenames })
    const { version } = await database.prisma.profile.findUniqueOrThrow({ where: { id: owner.id } })
    const { me, update, releaseUsername, usernameHistory } = profileOf(owner)
    expect(await endOf(me())).toBe('SIGNED_OUT')
    expect(await endOf(update({ version, bio: 'Here again.' }))).toBe('SIGNED_OUT')
    expect(await endOf(releaseUsername({}))).toBe('SIGNED_OUT')
    expect(await endOf(usernameHistory({}))).toBe('SIGNED_OUT')
    expect(await claim(owner, 'forgotten-a')).toMatchObject({ kind: 'SIGNED_OUT' })
    expect(await claim(somebody(), 'forgotten-a')).toMatchObject({ kind: 'USERNAME_HELD' })
  })

  test('cannot be given up twice', async () => {
    const owner = somebody()
    expect(await endOf(profileOf(owner).releaseUsername({}))).toBe('NO_USERNAME')
    await claim(owner, 'twice-a')
    const ends = await Promise.all(
      Array.from({ length: 10 }, () => endOf(profileOf(owner).releaseUsername({}))),
    )
    expect(ends.sort()).toEqual([...Array(9).fill('NO_USERNAME'), 'RELEASED'])
  })

  test('is given up only if it is the one that is meant', async () => {
    const owner = somebody()
    const giveUp = (username: string, idempotencyKey?: string) =>
      endOf(profileOf(owner).releaseUsername({ username, idempotencyKey }))
    await claim(owner, 'Meant-a')
    await claim(owner, 'meant-b')
    expect(await giveUp('meant-a')).toBe('NO_USERNAME')
    expect(await giveUp('MEANT-B', 'key')).toBe('RELEASED')
    expect(await giveUp('MEANT-B', 'key')).toBe('RELEASED')
    expect(await giveUp('meant-a', 'key')).toBe('IDEMPOTENCY_KEY_REUSED')
    expect(await giveUp('meant-b')).toBe('NO_USERNAME')
  })

  test.runIf(engine === 'postgresql').each([
    ['rename', 'release', ['CLAIMED', 'NO_USERNAME']],
    ['release', 'rename', ['RELEASED', 'CLAIMED']],
  ] as const)(
    'is never given up in place of the one that is meant, by a %s and then a %s at the same time',
    async (first, second, expected) => {
      const owner = somebody()
      const [before, after] = [`swap-${first}-a`, `swap-${first}-b`]
      await claim(owner, before)
      const row = await lock(database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [owner.id])
      const begin = {
        rename: () => claim(owner, after).then(({ kind }) => kind),
        release: () => endOf(profileOf(owner).releaseUsername({ username: before })),
      }
      const ends: Promise<string>[] = []
      try {
        for (const what of [first, second]) {
          ends.push(begin[what]())
          await row.waiting(ends.length)
        }
      } finally {
        await row.release()
      }
      expect(await Promise.all(ends)).toEqual(expected)
      expect(await profileOf(owner).me()).toMatchObject({ username: after })
    },
  )

  test('is anybody’s after its time, and one of 50 who claim it then gets it', async () => {
    const owner = somebody()
    await claim(owner, 'expired')
    await profileOf(owner).releaseUsername({})
    await passDays(database, 89)
    expect(await claim(somebody(), 'expired')).toMatchObject({ kind: 'USERNAME_HELD' })
    const heldFor = async () => (await profileOf(owner).usernameHistory({})).held
    expect(await heldFor()).toMatchObject([{ username: 'expired' }])
    await passDays(database, 1)
    expect(await heldFor()).toEqual([])
    const ends = await Promise.all(Array.from({ length: 50 }, () => claim(somebody(), 'Expired')))
    expect(ends.filter(({ kind }) => kind === 'CLAIMED')).toHaveLength(1)
    expect(ends.filter(({ kind }) => kind === 'USERNAME_TAKEN')).toHaveLength(49)
    expect(await claim(owner, 'expired')).toMatchObject({ kind: 'USERNAME_TAKEN' })
  })

  test('is its last owner’s still, or a stranger’s, where both claim it after its time', async () => {
    for (let round = 0; round < 10; round += 1) {
      const [owner, stranger] = [somebody(), somebody()]
      const username = `both-${round}`
      await claim(owner, username)
      await profileOf(owner).releaseUsername({})
      await passDays(database, 90)
      const ends = await Promise.all([claim(owner, username), claim(stranger, username)])
      expect(ends.map(({ kind }) => kind).sort()).toEqual(['CLAIMED', 'USERNAME_TAKEN'])
      const winner = ends[0].kind === 'CLAIMED' ? owner : stranger
      expect(await profileOf(winner).me()).toMatchObject({ username })
    }
  })

  test('is anybody’s at once where names are held for no time', async () => {
    const owner = somebody()
    const rules = { ...anyRenames, holdDays: 0 }
    await claim(owner, 'brief-a', rules)
    await claim(owner, 'brief-b', rules)
    expect(await claim(somebody(), 'brief-a', rules)).toMatchObject({ kind: 'CLAIMED' })
  })

  test('counts as a rename, of which one has five in 30 days, but not on the way back to it', async () => {
    const owner = somebody()
    const names = Array.from({ length: 7 }, (_, at) => `often-${'abcdefg'[at]}`)
    for (const username of names.slice(0, 6)) {
      expect(await claim(owner, username, usualRules)).toMatchObject({ kind: 'CLAIMED' })
    }
    const refused = await claim(owner, 'often-g', usualRules)
    expect(refused).toMatchObject({ kind: 'CHANGED_TOO_OFTEN', payload: { retryAt: expect.any(String) } })
    const retryAt =
      'payload' in refused && refused.kind === 'CHANGED_TOO_OFTEN' ? refused.payload.retryAt : ''
    expect((Date.parse(retryAt) - Date.now()) / day).toBeCloseTo(30, 1)
    expect(await profileOf(owner).me()).toMatchObject({ username: 'often-f' })
    expect(await claim(owner, 'OFTEN-F', usualRules)).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(owner, 'often-a', usualRules)).toMatchObject({ kind: 'CLAIMED' })
    await profileOf(owner).releaseUsername({})
    expect(await claim(owner, 'often-g', usualRules)).toMatchObject({ kind: 'CHANGED_TOO_OFTEN' })
    expect(await claim(owner, 'admin', usualRules)).toMatchObject({ kind: 'USERNAME_RESERVED' })
    await passDays(database, 30)
    expect(await claim(owner, 'often-g', usualRules)).toMatchObject({ kind: 'CLAIMED' })
    expect(await claim(owner, 'often-h', anyRenames)).toMatchObject({ kind: 'CLAIMED' })
  })

  test('is one’s own for each of 20 who claim it at once as the last of five', async () => {
    const owner = somebody()
    for (const last of 'abcde') await claim(owner, `last-${last}`, usualRules)
    const ends = await Promise.all(Array.from({ length: 20 }, () => claim(owner, 'last-f', usualRules)))
    expect(ends.map(({ kind }) => kind)).toEqual(Array(20).fill('CLAIMED'))
  })

  test('cannot be changed more often by changing it in many tabs at once', async () => {
    const owner = somebody()
    await claim(owner, 'tabs-first', usualRules)
    const ends = await Promise.all(
      Array.from({ length: 20 }, (_, at) => claim(owner, `tabs-${'abcdefghijklmnopqrst'[at]}`, usualRules)),
    )
    expect(ends.filter(({ kind }) => kind === 'CLAIMED')).toHaveLength(5)
    expect(ends.filter(({ kind }) => kind === 'CHANGED_TOO_OFTEN')).toHaveLength(15)
  })
})
