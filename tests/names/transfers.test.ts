import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/domain/person.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator, newMember } from './administrators.ts'

describe.each(engines)('transferring on %s', (engine) => {
  let database: TestDatabase
  let admin: ReturnType<typeof callerOf>['admin']
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    admin = callerOf(database, await newAdministrator(database)).admin
  })
  afterAll(() => database.close())

  const claim = (person: Person, username: string) =>
    callerOf(database, person).profile.claimUsername({ username })
  const nameOf = async (person: Person) => (await callerOf(database, person).profile.me()).username
  const latest = async (username: string) => (await admin.usernameHistory({ username })).changes[0]
  const current = async (name: string) => {
    const owner = somebody()
    await claim(owner, name)
    return owner
  }
  const held = async (name: string) => {
    const owner = await current(name)
    await callerOf(database, owner).profile.releaseUsername({})
    return owner
  }
  const reserved = async (name: string) => {
    await admin.reserveUsername({ username: name, for: 'one@people.example' })
    return null
  }

  describe.each([
    ['current', current],
    ['held', held],
    ['reserved', reserved],
  ])('a name that is %s', (_, make) => {
    test('to somebody without a profile', async () => {
      const [taker, name] = [await newMember(database, 'Taker'), freshName('given')]
      const giver = await make(name)
      const end = await admin.transferUsername({
        username: name,
        to: taker.email.toUpperCase(),
        note: 'sold',
      })
      expect(end).toEqual({ transferred: name, from: giver?.id ?? null, to: taker.id, previous: null })
      const { username, displayName } = await callerOf(database, taker).profile.me()
      expect({ username, displayName }).toEqual({ username: name, displayName: 'Taker' })
      if (giver !== null) {
        expect(await nameOf(giver)).toBeNull()
        const { changes } = await callerOf(database, giver).profile.usernameHistory({})
        expect(changes[0]).toMatchObject({
          cause: 'transferred',
          username: name,
          byOthers: true,
          theirs: false,
        })
      }
      expect(await latest(name)).toMatchObject({
        cause: 'transferred',
        status: 'current',
        personId: taker.id,
        note: 'sold',
        reservedFor: null,
      })
    })

    test('to somebody with a name, which is held for them', async () => {
      const [taker, name, old] = [somebody(), freshName('given'), freshName('old')]
      await claim(taker, old)
      await make(name)
      const end = await admin.transferUsername({ username: name, to: `@${old.toUpperCase()}` })
      expect(end).toMatchObject({ transferred: name, to: taker.id, previous: old })
      expect(await nameOf(taker)).toBe(name)
      expect(await admin.whoHeld({ username: old })).toMatchObject({
        status: 'held',
        person: { id: taker.id, username: name },
      })
      expect(await callerOf(database, null).profile.get({ username: old })).toEqual({ movedTo: name })
    })
  })

  test('to whom it is already changes nothing', async () => {
    const name = freshName('own')
    const owner = await current(name)
    const end = await admin.transferUsername({ username: name, to: owner.id })
    expect(end).toEqual({ transferred: name, from: owner.id, to: owner.id, previous: null })
    expect((await admin.usernameHistory({ username: name })).changes).toHaveLength(1)
  })

  test('a former name back to its owner', async () => {
    const [name, next] = [freshName('back'), freshName('next')]
    const owner = await current(name)
    await claim(owner, next)
    const end = await admin.transferUsername({ username: name, to: owner.id })
    expect(end).toEqual({ transferred: name, from: owner.id, to: owner.id, previous: next })
    expect(await nameOf(owner)).toBe(name)
  })

  test('is no rename that counts', async () => {
    const taker = somebody()
    const once = callerUnder(database, taker, { renames: { most: 1, days: 30 } })
    await once.profile.claimUsername({ username: freshName('first') })
    await current('to-be-given')
    await admin.transferUsername({ username: 'to-be-given', to: taker.id })
    await once.profile.claimUsername({ username: freshName('second') })
    expect(await endOf(once.profile.claimUsername({ username: freshName('third') }))).toMatchObject({
      kind: 'CHANGED_TOO_OFTEN',
    })
  })

  test('of a name that is nobody’s says so, and makes nobody a profile', async () => {
    const [taker, username] = [await newMember(database), freshName('nobody')]
    expect(await endOf(admin.transferUsername({ username, to: taker.id }))).toEqual({
      kind: 'USERNAME_UNUSED',
      payload: { username },
    })
    expect(await database.prisma.profile.count({ where: { id: taker.id } })).toBe(0)
  })

  test.each(['@nobody-at-all', '@', 'nobody@people.example', 'no-such-id', '@__proto__', 'constructor'])(
    'to %s, who is nobody, says so',
    async (to) => {
      const username = freshName('kept')
      await current(username)
      const end = await endOf(admin.transferUsername({ username, to }))
      expect(end).toEqual({ kind: 'PERSON_NOT_FOUND', payload: { person: to } })
    },
  )

  test('to what PostgreSQL cannot store is no valid input', async () => {
    const end = await endOf(admin.transferUsername({ username: 'admin', to: 'a\u0000b' }))
    expect(end).toMatchObject({ kind: 'INVALID_INPUT' })
  })
})
