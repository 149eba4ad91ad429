import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseFault } from '../../server/database/errors.ts'
import { databaseTime } from '../../server/database/time.ts'
import { randomFrom } from '../../server/domain/random.ts'
import { forgetPerson } from '../../server/domain/release.ts'
import { newSeed } from '../race/random.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator } from './administrators.ts'

const seed = newSeed()

describe.each(engines)(`the history of names on %s (seed ${seed})`, (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database.close())

  /** Does many things at a time to a few names, by a few people, in any order. */
  async function liveThrough(many: number): Promise<Set<string>> {
    const random = randomFrom(seed)
    const any = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T
    const people = times(6, (at) => ({ ...somebody(), email: `person-${at}@people.example` }))
    const boss = await newAdministrator(database)
    const names = [
      ...times(6, (at) => freshName(`life${at}`)),
      'constructor',
      '__proto__',
      'Alice-1',
      'alice-l',
    ]
    const { prisma } = database
    const step = (): (() => Promise<unknown>) => {
      const [person, username] = [any(people), any(names)]
      const rules = { holdDays: any([0, 90]), lookAlikes: any(['refuse', 'allow'] as const) }
      const { profile } = callerUnder(database, person, rules)
      const { admin } = callerUnder(database, boss, rules)
      const capitals = () => username.replace(/[a-z]/g, (letter) => any([letter, letter.toUpperCase()]))
      return any([
        () => profile.claimUsername({ username }),
        () => profile.claimUsername({ username: capitals() }),
        () => profile.releaseUsername({}),
        () => admin.reserveUsername({ username: capitals() }),
        () => admin.reserveUsername({ username, for: any(people).email, note: 'for them' }),
        () => admin.releaseUsername({ username, atOnce: any([true, false]) }),
        () => admin.transferUsername({ username, to: any(people).id }),
        // Seldom, since it is for good.
        () => (any(times(30, (at) => at)) === 0 ? forgetPerson(prisma, { person, rules }) : profile.me()),
      ])
    }
    const kinds = new Set<string>()
    for (const batch of times(many / 8, () => times(8, step))) {
      for (const end of await Promise.all(batch.map((one) => endOf(one())))) kinds.add(end.kind)
    }
    // What luck might leave out.
    const leaver = somebody()
    const rules = { holdDays: 90, lookAlikes: 'refuse' } as const
    const { profile } = callerUnder(database, leaver, rules)
    const name = freshName('leaver')
    await profile.claimUsername({ username: name })
    await profile.claimUsername({ username: name.toUpperCase() })
    await forgetPerson(prisma, { person: leaver, rules })
    return kinds
  }

  test('has each first change where its name and its person say, and nowhere else', async () => {
    await liveThrough(160)
    const said = await database.prisma.$queryRaw<object[]>`
      SELECT c.id, c.is_first, c.key = u.key AS of_name, c.person_id = p.id AS of_person
      FROM username_changes c
        FULL JOIN usernames u ON u.first_change_id = c.id
        FULL JOIN profiles p ON p.first_change_id = COALESCE(c.id, u.first_change_id)
      WHERE c.is_first OR u.first_change_id IS NOT NULL OR p.first_change_id IS NOT NULL`
    expect(said.length).toBeGreaterThan(0)
    for (const one of said) expect(one).toMatchObject({ is_first: true, of_name: true, of_person: true })
    const later = await database.prisma.$queryRaw`
      SELECT FROM username_changes f JOIN username_changes c ON c.key = f.key OR c.person_id = f.person_id
      WHERE f.is_first AND c.id < f.id`
    expect(later).toEqual([])
  })

  test('rebuilds every name after any life', async () => {
    const kinds = await liveThrough(640)
    expect([...kinds].filter((kind) => ['UNEXPECTED', 'UNAVAILABLE', 'NO_ANSWER'].includes(kind))).toEqual([])
    const { prisma } = database
    const causes = await prisma.usernameChange.groupBy({ by: ['cause'] })
    // Those of which a database that began with a history has none.
    expect(causes.map(({ cause }) => cause).sort()).toEqual(
      'claimed deleted freed released renamed reserved respelled seeded transferred'.split(' '),
    )

    const names = () => prisma.$queryRaw<object[]>`
      SELECT key, display, owner_id, claimed_at, held_until, reserved_because, reserved_for
      FROM usernames ORDER BY key`
    const owners = () => prisma.$queryRaw<object[]>`
      SELECT id, username_key FROM profiles WHERE username_key IS NOT NULL ORDER BY id`
    const before = [await names(), await owners()]
    await prisma.$transaction([
      prisma.$executeRaw`UPDATE profiles SET username_key = NULL`,
      prisma.$executeRaw`DELETE FROM usernames`,
      prisma.$executeRaw`
        INSERT INTO usernames (key, display, owner_id, claimed_at, held_until, reserved_because, reserved_for)
        SELECT DISTINCT ON (key) key, display, owner_id, claimed_at, held_until, reserved_because, reserved_for
        FROM username_changes ORDER BY key, id DESC`,
      prisma.$executeRaw`
        UPDATE profiles p SET username_key = last.key
        FROM (SELECT DISTINCT ON (key) * FROM username_changes ORDER BY key, id DESC) AS last
        WHERE last.status = 'current' AND last.owner_id = p.id`,
    ])
    expect([await names(), await owners()]).toEqual(before)
  })

  test('tells who held a name at any time of its life', async () => {
    const name = freshName('whose')
    const [first, second] = [somebody(), somebody()]
    const { admin } = callerOf(database, await newAdministrator(database))
    const claim = (person: typeof first, username: string) =>
      callerUnder(database, person).profile.claimUsername({ username })
    const at: [time: string, expected: object][] = []
    /** Notes what holds from now on, and waits for the clock to show another millisecond. */
    async function note(expected: object): Promise<void> {
      const now = await databaseTime(database.prisma)
      at.push([now.toISOString(), expected])
      while ((await databaseTime(database.prisma)) <= new Date(now.getTime() + 1));
    }
    const free = { status: 'free', person: null, since: null, heldUntil: null }

    await note(free)
    await admin.reserveUsername({ username: name, because: 'a test', for: 'somebody@people.example' })
    await note({
      status: 'reserved',
      person: null,
      reservedBecause: 'a test',
      reservedFor: 'somebody@people.example',
    })
    await admin.releaseUsername({ username: name })
    await note(free)
    await claim(first, name)
    await note({ status: 'current', person: { id: first.id } })
    await claim(first, name.toUpperCase())
    await note({ status: 'current', username: name.toUpperCase(), person: { id: first.id } })
    await claim(first, freshName('next'))
    await note({ status: 'held', person: { id: first.id }, heldUntil: expect.any(String) })
    await claim(first, name)
    await note({ status: 'current', person: { id: first.id }, heldUntil: null })
    await database.prisma.profile.create({ data: { id: second.id } })
    await admin.transferUsername({ username: name, to: second.id })
    await note({ status: 'current', person: { id: second.id } })
    await callerUnder(database, second, { holdDays: 0 }).profile.releaseUsername({})
    await note(free)
    await claim(first, name)
    await note({ status: 'current', person: { id: first.id } })
    await forgetPerson(database.prisma, { person: first, rules: { holdDays: 90 } })
    await note({ status: 'held', person: { id: first.id, username: null } })

    for (const [time, expected] of at) {
      expect(await admin.whoHeld({ username: name, at: time })).toMatchObject({ at: time, ...expected })
    }
    expect(await admin.whoHeld({ username: name, at: '2001-01-01T00:00:00Z' })).toMatchObject(free)
    const held = await admin.whoHeld({ username: name })
    const later = await admin.whoHeld({ username: name, at: held.heldUntil ?? '' })
    expect([held.status, later.status]).toEqual(['held', 'free'])
    expect(await admin.whoHeld({ username: name, at: '0001-01-01T00:00:00Z' })).toMatchObject(free)
    expect(await admin.whoHeld({ username: name, at: '9999-12-31T23:59:59Z' })).toMatchObject(free)
  })

  test('is asked for no year that PostgreSQL does not know', async () => {
    const { admin } = callerOf(database, await newAdministrator(database))
    const end = await endOf(admin.whoHeld({ username: 'neo', at: '0000-12-31T23:59:59Z' }))
    expect(end).toMatchObject({ kind: 'INVALID_INPUT' })
  })

  test('knows of a name from before there was a history who had it since when', async () => {
    const [owner, key] = [somebody(), freshName('before')]
    const { admin } = callerOf(database, await newAdministrator(database))
    const claimedAt = new Date('2020-01-01T00:00:00Z')
    const row = { key, display: key, cause: 'recorded', status: 'current', personId: owner.id }
    await database.prisma.usernameChange.create({
      data: { ...row, ownerId: owner.id, claimedAt, changedAt: new Date('2026-01-01T00:00:00Z') },
    })
    const statusAt = async (at: string) => (await admin.whoHeld({ username: key, at })).status
    expect(await statusAt('2019-12-31T00:00:00Z')).toBe('free')
    expect(await statusAt('2020-01-02T00:00:00Z')).toBe('current')
    expect(await statusAt('2026-01-02T00:00:00Z')).toBe('current')
  })

  test.each([
    `UPDATE username_changes SET actor_id = 'somebody else' WHERE key = 'admin'`,
    'UPDATE username_changes SET note = NULL WHERE false',
    'DELETE FROM username_changes WHERE id = 1',
    'TRUNCATE username_changes',
    'TRUNCATE username_changes, usernames, profiles CASCADE',
  ])('refuses %s', async (sql) => {
    const { prisma } = database
    const before = await prisma.usernameChange.count()
    const refusal = await prisma.$executeRawUnsafe(sql).catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(Error)
    expect(String(refusal)).toContain('username_changes is append-only')
    expect(databaseFault(refusal)?.kind).toBe('defect')
    expect(await prisma.usernameChange.count()).toBe(before)
  })

  test('forgets with the account what the profile said, and holds the name', async () => {
    const [person, name] = [somebody('Thomas'), freshName('forgotten')]
    const { profile } = callerUnder(database, person)
    await profile.claimUsername({ username: name })
    await profile.update({ bio: 'The one', company: 'Metacortex', version: 0 })
    await forgetPerson(database.prisma, { person, rules: { holdDays: 90 } })
    expect(await database.prisma.profile.findUnique({ where: { id: person.id } })).toMatchObject({
      usernameKey: null,
      displayName: '',
      bio: '',
      company: '',
    })
    expect(await endOf(callerOf(database, null).profile.get({ username: name }))).toMatchObject({
      kind: 'PROFILE_NOT_FOUND',
    })
    expect(
      await endOf(callerUnder(database, somebody()).profile.claimUsername({ username: name })),
    ).toMatchObject({
      kind: 'USERNAME_HELD',
    })
    await forgetPerson(database.prisma, { person: somebody(), rules: { holdDays: 90 } })
  })
})
