import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/failure.ts'
import type { Query } from '../../server/database/query.ts'
import { checkUsernames } from '../../server/domain/check.ts'
import { claimUsername, claimUsernames } from '../../server/domain/claim.ts'
import type { Person } from '../../server/domain/person.ts'
import { candidatesFor } from '../../server/domain/suggestions.ts'
import { createCaller } from '../../server/router.ts'
import { Username } from '../../shared/username.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, contextOf } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'

const wanted = Username.parse('zion')
const morpheus = { id: 'morpheus', name: 'Morpheus Nebuchadnezzar' }
const trinity = { id: 'trinity', name: 'Trinity Moss' }

const candidatesOf = ({ id, name }: Person) => candidatesFor({ wanted, displayName: name, who: id })

describe.each(engines)('where others took most names that come first on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    for (const username of [wanted, ...candidatesOf(morpheus).slice(0, 4)])
      await callerOf(database).profile.claimUsername({ username })
  })
  afterAll(() => database?.close())

  /** What somebody is suggested by procedures that share their claims. */
  async function suggestedBy(callers: ReturnType<typeof createCaller>[]): Promise<unknown[]> {
    const ends = await Promise.allSettled(
      callers.map(({ profile }) => profile.claimUsername({ username: wanted })),
    )
    return ends.map((end) => {
      const failure = end.status === 'rejected' ? failureOf(end.reason) : undefined
      return failure?.kind === 'USERNAME_TAKEN' ? failure.payload.suggestions : end
    })
  }

  test('five are suggested all the same, further down', async () => {
    const five = candidatesOf(morpheus).slice(4, 9)
    const { profile } = callerOf(database, morpheus)
    expect((await profile.checkUsername({ username: wanted })).suggestions).toEqual(five)
    expect(await suggestedBy([callerOf(database, morpheus)])).toEqual([five])
  })

  test('fewer are suggested where the database goes away before more are found', async () => {
    let statements = 0
    const query: Query = async (sql, ...values) => {
      statements += 1
      if (/free_usernames/.test(sql.join('')) && statements > 1)
        throw Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' })
      return database.query(sql, ...values)
    }
    const three = candidatesOf(morpheus).slice(4, 7)
    const claim = { person: morpheus, username: wanted }
    expect(await claimUsername(query, claim, anyRenames)).toEqual({ outcome: 'taken', suggestions: three })
    expect(statements).toBe(2)
    statements = 0
    const checks = [{ username: wanted, person: morpheus, who: morpheus.id }]
    const [standing] = await checkUsernames(query, checks, anyRenames)
    expect(await standing).toMatchObject({ status: 'taken', suggestions: three })
    expect(statements).toBe(2)
  })

  test('those who lost together are told so where the database goes away, and else share one further look', async () => {
    const claims = [trinity, morpheus, { ...morpheus }].map((person) => ({ person, username: wanted }))
    let statements = 0
    let last = 1
    const query: Query = async (sql, ...values) => {
      statements += 1
      if (statements > last)
        throw Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' })
      return database.query(sql, ...values)
    }
    const suggested = async () => {
      statements = 0
      const ends = await Promise.all(await claimUsernames(query, claims, anyRenames))
      return ends.map((end) => (end.outcome === 'taken' ? end.suggestions : end))
    }
    const hers = candidatesOf(trinity).slice(0, 5)
    const his = candidatesOf(morpheus)
    expect(await suggested()).toEqual([[], [], []])
    last = 2
    expect(await suggested()).toEqual([hers, his.slice(4, 7), his.slice(4, 7)])
    last = 3
    expect(await suggested()).toEqual([hers, his.slice(4, 9), his.slice(4, 9)])
  })

  test('nothing is suggested to one of several for whom there is nothing', async () => {
    const claims = [{ id: 'nameless', name: '' }, trinity].map((person) => ({
      person,
      username: Username.parse('admin'),
    }))
    const [none, hers] = await Promise.all(await claimUsernames(database.query, claims, anyRenames))
    expect(none).toEqual({ outcome: 'reserved', suggestions: [] })
    expect(hers).toMatchObject({ outcome: 'reserved', suggestions: { length: 5 } })
  })

  test('five that are free take no second look', async () => {
    let statements = 0
    const query: Query = (sql, ...values) => {
      statements += 1
      return database.query(sql, ...values)
    }
    const end = await claimUsername(query, { person: trinity, username: wanted }, anyRenames)
    expect(end).toEqual({ outcome: 'taken', suggestions: candidatesOf(trinity).slice(0, 5) })
    expect(statements).toBe(1)
  })

  test('five are suggested to each of several who lose together', async () => {
    const context = contextOf(database)
    const callers = [trinity, morpheus, trinity].map((person) => createCaller({ ...context, person }))
    const hers = candidatesOf(trinity).slice(0, 5)
    expect(await suggestedBy(callers)).toEqual([hers, candidatesOf(morpheus).slice(4, 9), hers])
  })
})
