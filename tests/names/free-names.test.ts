import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/failure.ts'
import type { Query } from '../../server/database/query.ts'
import { checkUsernames } from '../../server/domain/check.ts'
import { claimUsername, claimUsernames } from '../../server/domain/claim.ts'
import { openClaims } from '../../server/domain/claims.ts'
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
    expect(await claimUsername(query, claim, anyRenames, true)).toEqual({
      outcome: 'taken',
      suggestions: three,
    })
    expect(statements).toBe(2)
    statements = 0
    const checks = [{ username: wanted, person: morpheus, who: morpheus.id }]
    const [standing] = await checkUsernames(query, checks, anyRenames)
    expect(await standing).toMatchObject({ status: 'taken', suggestions: three })
    expect(statements).toBe(2)
  })

  /** A way to the database that is cut off after so many statements. */
  function cutOffAfter(most: number): Query {
    let statements = 0
    return async (sql, ...values) => {
      statements += 1
      if (statements > most)
        throw Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' })
      return database.query(sql, ...values)
    }
  }

  describe('those who lost together', () => {
    const claims = [trinity, morpheus, { ...morpheus }].map((person) => ({ person, username: wanted }))
    const hers = candidatesOf(trinity).slice(0, 5)
    const his = candidatesOf(morpheus)

    async function suggested(mostStatements: number, expectsLoss: boolean): Promise<unknown[]> {
      const query = cutOffAfter(mostStatements)
      const ends = await Promise.all(await claimUsernames(query, claims, anyRenames, expectsLoss))
      return ends.map((end) => (end.outcome === 'taken' ? end.suggestions : end))
    }

    test.each([
      { expectsLoss: true, firstLook: 1 },
      { expectsLoss: false, firstLook: 2 },
    ])(
      'share the $firstLook. statement, then one further look if they have to',
      async ({ expectsLoss, firstLook }) => {
        expect(await suggested(firstLook, expectsLoss)).toEqual([hers, his.slice(4, 7), his.slice(4, 7)])
        expect(await suggested(firstLook + 1, expectsLoss)).toEqual([hers, his.slice(4, 9), his.slice(4, 9)])
      },
    )

    test('are told so where the database goes away before any names are found', async () => {
      expect(await suggested(1, false)).toEqual([[], [], []])
    })
  })

  test.each([true, false])(
    'what a neighbour just won is suggested to nobody (loss expected: %s)',
    async (expectsLoss) => {
      const cypher = { id: randomUUID(), name: 'Cypher' }
      const [best, ...others] = candidatesFor({ wanted, displayName: cypher.name, who: cypher.id })
      if (best === undefined) throw new Error('there is nothing to suggest')
      const claims = [
        { person: { id: randomUUID(), name: 'Tank' }, username: best },
        { person: cypher, username: wanted },
      ]
      const [won, lost] = await Promise.all(
        await claimUsernames(database.query, claims, anyRenames, expectsLoss),
      )
      expect(won).toMatchObject({ outcome: 'claimed' })
      expect(lost).toEqual({ outcome: 'taken', suggestions: others.slice(0, 5) })
    },
  )

  test('nothing is suggested to one of several for whom there is nothing', async () => {
    const claims = [{ id: 'nameless', name: '' }, trinity].map((person) => ({
      person,
      username: Username.parse('admin'),
    }))
    const [none, hers] = await Promise.all(await claimUsernames(database.query, claims, anyRenames))
    expect(none).toEqual({ outcome: 'reserved', suggestions: [] })
    expect(hers).toMatchObject({ outcome: 'reserved', suggestions: { length: 5 } })
  })

  test('five that are free take no second look, or one if no loss was expected', async () => {
    let statements = 0
    const query: Query = (sql, ...values) => {
      statements += 1
      return database.query(sql, ...values)
    }
    const claim = { person: trinity, username: wanted }
    const five = { outcome: 'taken', suggestions: candidatesOf(trinity).slice(0, 5) }
    expect(await claimUsername(query, claim, anyRenames, true)).toEqual(five)
    expect(statements).toBe(1)
    statements = 0
    expect(await claimUsername(query, claim, anyRenames, false)).toEqual(five)
    expect(statements).toBe(2)
  })

  test('a loss is expected after one, and none after a win', async () => {
    let statements = 0
    const query: Query = (sql, ...values) => {
      statements += 1
      return database.query(sql, ...values)
    }
    const claims = openClaims({ ...database, query }, anyRenames)
    const statementsFor = async (person: Person, username: Username) => {
      statements = 0
      await claims.claim({ person, username })
      return statements
    }
    const own = Username.parse('trinity_moss_hq')
    expect(await statementsFor(trinity, own)).toBe(1)
    expect(await statementsFor(trinity, wanted)).toBe(2)
    expect(await statementsFor(trinity, wanted)).toBe(1)
    expect(await statementsFor(trinity, own)).toBe(1)
    expect(await statementsFor(trinity, wanted)).toBe(2)
  })

  test('five are suggested to each of several who lose together', async () => {
    const context = contextOf(database)
    const callers = [trinity, morpheus, trinity].map((person) => createCaller({ ...context, person }))
    const hers = candidatesOf(trinity).slice(0, 5)
    expect(await suggestedBy(callers)).toEqual([hers, candidatesOf(morpheus).slice(4, 9), hers])
  })
})
