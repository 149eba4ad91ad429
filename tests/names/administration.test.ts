import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPerson } from '../../server/domain/people.ts'
import type { Person } from '../../server/domain/person.ts'
import { appRouter } from '../../server/router.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator, newMember } from './administrators.ts'

type Admin = ReturnType<typeof callerOf>['admin']

/** Every procedure of an administrator, called with something that it takes. */
const calls: Record<keyof Admin, (admin: Admin, username: string, who: string) => Promise<unknown>> = {
  reserveUsername: (admin, username) => admin.reserveUsername({ username }),
  releaseUsername: (admin, username) => admin.releaseUsername({ username }),
  transferUsername: (admin, username, to) => admin.transferUsername({ username, to }),
  findPerson: (admin, _, person) => admin.findPerson({ person }),
  whoHeld: (admin, username) => admin.whoHeld({ username }),
  usernameHistory: (admin, username) => admin.usernameHistory({ username }),
}

describe.each(engines)('administration on %s', (engine) => {
  let database: TestDatabase
  let boss: Person
  let admin: Admin
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    boss = await newAdministrator(database)
    admin = callerOf(database, boss).admin
  })
  afterAll(() => database.close())

  const claim = (person: Person, username: string) =>
    callerOf(database, person).profile.claimUsername({ username })
  const nameOf = async (person: Person) => (await callerOf(database, person).profile.me()).username
  const latest = async (username: string) => (await admin.usernameHistory({ username })).changes[0]

  test('is all in this test', () => {
    const procedures = Object.keys(appRouter._def.procedures).filter((path) => path.startsWith('admin.'))
    expect(procedures.sort()).toEqual(
      Object.keys(calls)
        .map((name) => `admin.${name}`)
        .sort(),
    )
  })

  describe.each(Object.entries(calls))('%s', (_, call) => {
    test('is for administrators alone', async () => {
      const [owner, name] = [somebody(), freshName('only')]
      await claim(owner, name)
      const ordinary = callerOf(database, owner).admin
      expect(await endOf(call(ordinary, name, owner.id))).toMatchObject({ kind: 'ADMINISTRATORS_ONLY' })
      const stranger = callerOf(database, null).admin
      expect(await endOf(call(stranger, name, owner.id))).toMatchObject({ kind: 'SIGNED_OUT' })
      expect(await nameOf(owner)).toBe(name)
      expect((await admin.usernameHistory({ username: name })).changes).toHaveLength(1)
    })

    test('takes names that JavaScript has on every object', async () => {
      const taker = await newMember(database)
      for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
        const { kind } = await endOf(call(admin, name, taker.id))
        expect(['DONE', 'USERNAME_UNUSED', 'USERNAME_TAKEN', 'USERNAME_HELD']).toContain(kind)
      }
    })
  })

  describe('reserving', () => {
    test('keeps a name from everybody, and tells who did it and why', async () => {
      const name = freshName('Kept')
      await admin.reserveUsername({ username: name, because: 'the brand', note: 'ticket 7' })
      expect(await endOf(claim(somebody(), name))).toMatchObject({ kind: 'USERNAME_RESERVED' })
      expect(await admin.whoHeld({ username: name })).toMatchObject({
        username: name,
        status: 'reserved',
        person: null,
        reservedBecause: 'the brand',
      })
      expect(await latest(name)).toMatchObject({ cause: 'reserved', actorId: boss.id, note: 'ticket 7' })
    })

    test('again changes why and for whom', async () => {
      const name = freshName('again')
      await admin.reserveUsername({ username: name, for: 'ONE@People.example' })
      expect(await latest(name)).toMatchObject({ reservedFor: 'one@people.example' })
      await admin.reserveUsername({ username: name, because: 'nobody after all' })
      expect(await latest(name)).toMatchObject({ reservedFor: null, reservedBecause: 'nobody after all' })
    })

    test('leaves a name to its owner, and one that is held to its last', async () => {
      const [owner, name] = [somebody(), freshName('owned')]
      await claim(owner, name)
      expect(await endOf(admin.reserveUsername({ username: name }))).toMatchObject({ kind: 'USERNAME_TAKEN' })
      const { heldUntil } = await callerOf(database, owner).profile.releaseUsername({})
      expect(await endOf(admin.reserveUsername({ username: name }))).toMatchObject({
        kind: 'USERNAME_HELD',
        payload: { username: name, until: heldUntil },
      })
    })

    test('takes over a name whose hold is over', async () => {
      const [owner, name] = [somebody(), freshName('over')]
      await claim(owner, name)
      await callerUnder(database, owner, { holdDays: 0 }).profile.releaseUsername({})
      await admin.reserveUsername({ username: name })
      expect(await endOf(claim(owner, name))).toMatchObject({ kind: 'USERNAME_RESERVED' })
    })

    test('for somebody lets them alone claim it', async () => {
      const [meant, name] = [await newMember(database), freshName('meant')]
      await admin.reserveUsername({ username: name, for: meant.email })
      expect(await endOf(claim(await newMember(database), name))).toMatchObject({ kind: 'USERNAME_RESERVED' })
      expect(await endOf(claim({ id: 'no-e-mail', name: '' }, name))).toMatchObject({
        kind: 'USERNAME_RESERVED',
      })
      await claim(meant, name)
      expect(await nameOf(meant)).toBe(name)
      expect(await latest(name)).toMatchObject({
        status: 'current',
        reservedFor: null,
        reservedBecause: null,
      })
    })

    test('keeps off names that look like it, though one that is free by now looked so first', async () => {
      const [owner, stem] = [somebody(), freshName('like')]
      await claim(owner, `${stem}m`)
      await callerUnder(database, owner, { holdDays: 0 }).profile.releaseUsername({})
      await admin.reserveUsername({ username: `${stem}rn` })
      expect(await endOf(claim(somebody(), `${stem}M`))).toMatchObject({ kind: 'USERNAME_TOO_SIMILAR' })
    })
  })

  describe('releasing', () => {
    test('takes a name from its owner, for whom it is held', async () => {
      const [owner, name] = [somebody(), freshName('freed')]
      await claim(owner, name)
      const end = await admin.releaseUsername({ username: name.toUpperCase(), note: 'a court said so' })
      expect(end).toMatchObject({ was: 'taken', heldUntil: expect.any(String) })
      expect(await nameOf(owner)).toBeNull()
      expect(await endOf(claim(somebody(), name))).toMatchObject({
        kind: 'USERNAME_HELD',
        payload: { until: end.heldUntil },
      })
      expect(await latest(name)).toMatchObject({
        cause: 'freed',
        status: 'held',
        actorId: boss.id,
        personId: owner.id,
        note: 'a court said so',
      })
      await claim(owner, name)
      expect(await nameOf(owner)).toBe(name)
    })

    test('at once gives a name to whoever comes first', async () => {
      const [owner, taker, name] = [somebody(), somebody(), freshName('at-once')]
      await claim(owner, name)
      const end = await admin.releaseUsername({ username: name, atOnce: true })
      expect(end).toEqual({ released: name, was: 'taken', heldUntil: null })
      expect(await admin.whoHeld({ username: name })).toMatchObject({ status: 'free', person: null })
      await claim(taker, name)
      expect([await nameOf(owner), await nameOf(taker)]).toEqual([null, name])
    })

    test.each([false, true])('ends a hold, at once: %s', async (atOnce) => {
      const [owner, name] = [somebody(), freshName('hold')]
      await claim(owner, name)
      await claim(owner, freshName('next'))
      const end = await admin.releaseUsername({ username: name, atOnce })
      expect(end).toEqual({ released: name, was: 'held', heldUntil: null })
      await claim(somebody(), name)
      expect(await nameOf(owner)).toMatch(/^next/)
    })

    test('ends a reservation', async () => {
      const name = freshName('opened')
      await admin.reserveUsername({ username: name, for: 'one@people.example' })
      expect(await admin.releaseUsername({ username: name })).toMatchObject({
        was: 'reserved',
        heldUntil: null,
      })
      expect(await latest(name)).toMatchObject({
        cause: 'freed',
        status: 'free',
        reservedFor: null,
        personId: null,
      })
      await claim(somebody(), name)
    })

    test('of a name that is nobody’s says so', async () => {
      const [owner, never, over] = [somebody(), freshName('never'), freshName('over')]
      await claim(owner, over)
      await callerUnder(database, owner, { holdDays: 0 }).profile.releaseUsername({})
      for (const username of [never, over]) {
        const end = await endOf(admin.releaseUsername({ username }))
        expect(end).toEqual({ kind: 'USERNAME_UNUSED', payload: { username } })
      }
    })
  })

  test.each([
    ['an e-mail address', 'Neo@matrix.example'],
    ['like a username', '@morpheus'],
    ['with spaces around', ' trinity '],
    ['as long as can be', '永'.repeat(500)],
  ])('a person whose id is %s is named by it', async (_what, id) => {
    const name = freshName('neo')
    await claim({ id, name: 'Neo' }, name)
    expect(await findPerson(database.prisma, id)).toMatchObject({ id })
    expect(await admin.findPerson({ person: id })).toEqual({ id, username: name, email: null })
    const given = freshName('given')
    await admin.reserveUsername({ username: given })
    expect(await admin.transferUsername({ username: given, to: id })).toMatchObject({ to: id })
  })

  test.each(['nul\0', '\ud800', 'x'.repeat(501), ''])('nobody is named by %j', async (person) => {
    expect(await endOf(admin.findPerson({ person }))).toMatchObject({ kind: 'INVALID_INPUT' })
  })
})
