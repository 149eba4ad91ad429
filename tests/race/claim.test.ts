import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/failure.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'

describe.each(engines)('a claim on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  /** How a call ended: its answer, or the kind of its failure. */
  async function ending<T>(call: Promise<T>) {
    return call.catch((error) => failureOf(error))
  }

  test('has one winner among 100 people, and 99 who are told USERNAME_TAKEN', async () => {
    const people = Array.from({ length: 100 }, () => somebody())
    const ends = await Promise.all(
      people.map((person) => ending(callerOf(database, person).profile.claimUsername({ username: 'Neo' }))),
    )
    const lost = ends.filter((end) => 'kind' in end)
    expect(lost.map((end) => end.kind)).toEqual(Array(99).fill('USERNAME_TAKEN'))
    const winner = people[ends.findIndex((end) => !('kind' in end))]
    const rows = await database.prisma.username.findMany({ where: { key: 'neo' } })
    expect(rows).toMatchObject([{ key: 'neo', display: 'Neo', ownerId: winner?.id, heldUntil: null }])
  })

  test('is kept when its owner claims it again', async () => {
    const trinity = callerOf(database)
    const first = await trinity.profile.claimUsername({ username: 'trinity' })
    expect(await trinity.profile.claimUsername({ username: 'trinity' })).toEqual(first)
  })

  test('of one’s own in other capitals is no other one: it is theirs since they claimed it first', async () => {
    const switcher = callerOf(database)
    const { claimedAt } = await switcher.profile.claimUsername({ username: 'switch' })
    const respelled = { username: 'SWITCH', key: 'switch', claimedAt }
    expect(await switcher.profile.claimUsername({ username: 'SWITCH' })).toEqual(respelled)
    expect(await switcher.profile.me()).toMatchObject({ username: 'SWITCH', claimedAt })
  })

  test('of another name is a renaming, which holds the old one for its owner', async () => {
    const alice = callerOf(database)
    await alice.profile.claimUsername({ username: 'Alice' })
    expect(await alice.profile.claimUsername({ username: 'Alicia' })).toMatchObject({
      key: 'alicia',
      previous: 'Alice',
    })
    expect(await callerOf(database, null).profile.get({ username: 'alice' })).toEqual({ movedTo: 'Alicia' })
    expect(await ending(callerOf(database).profile.claimUsername({ username: 'ALICE' }))).toMatchObject({
      kind: 'USERNAME_HELD',
    })
    expect(await alice.profile.claimUsername({ username: 'alice' })).toMatchObject({
      key: 'alice',
      previous: 'Alicia',
    })
  })

  test('is no edit: a profile read before it can be changed after it, won or lost', async () => {
    const [winner, loser] = [callerOf(database), callerOf(database)]
    const before = [await winner.profile.me(), await loser.profile.me()]
    expect(before).toMatchObject([{ version: 0 }, { version: 0 }])
    await winner.profile.claimUsername({ username: 'morpheus' })
    expect(await ending(loser.profile.claimUsername({ username: 'morpheus' }))).toMatchObject({
      kind: 'USERNAME_TAKEN',
    })
    for (const person of [winner, loser]) {
      expect(await person.profile.update({ bio: 'Nobody can be told.', version: 0 })).toMatchObject({
        bio: 'Nobody can be told.',
        version: 1,
      })
      expect(await ending(person.profile.update({ bio: 'Late.', version: 0 }))).toMatchObject({
        kind: 'PROFILE_CHANGED',
      })
    }
  })

  test('of a reserved name is refused, in any capitals', async () => {
    expect(await ending(callerOf(database).profile.claimUsername({ username: 'Admin' }))).toMatchObject({
      kind: 'USERNAME_RESERVED',
      payload: { username: 'Admin', suggestions: expect.arrayContaining([expect.any(String)]) },
    })
  })

  test('by nobody is refused', async () => {
    expect(await ending(callerOf(database, null).profile.claimUsername({ username: 'ghost' }))).toMatchObject(
      {
        kind: 'SIGNED_OUT',
      },
    )
  })
})
