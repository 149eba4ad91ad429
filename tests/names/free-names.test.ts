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

  /** A way to the database that is cut off after so many statements, and how many it was sent. */
  function cutOffAfter(most: number): { query: Query; sent: () => number } {
    let statements = 0
    const query: Query = async (sql, ...values) => {
      statements += 1
      if (statements > most)
        throw Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' })
      return database.query(sql, ...values)
    }
    return { query, sent: () => statements }
  }

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
    const three = candidatesOf(morpheus).slice(4, 7)
    const claim = { person: morpheus, username: wanted }
    const { query, sent } = cutOffAfter(1)
    expect(await claimUsername(query, claim, anyRenames, true)).toEqual({
      outcome: 'taken',
      suggestions: three,
    })
    expect(sent()).toBe(2)
    const other = cutOffAfter(1)
    const checks = [{ username: wanted, person: morpheus, who: morpheus.id }]
    const [standing] = await checkUsernames(other.query, checks, anyRenames)
    expect(await standing).toMatchObject({ status: 'taken', suggestions: three })
    expect(other.sent()).toBe(2)
  })

  describe('those who lost together', () => {
    const claims = [trinity, morpheus, { ...morpheus }].map((person) => ({ person, username: wanted }))
    const hers = candidatesOf(trinity).slice(0, 5)
    const his = candidatesOf(morpheus)

    async function suggested(mostStatements: number, expectsLoss: boolean): Promise<unknown[]> {
      const { query } = cutOffAfter(mostStatements)
      const ends = await Promise.all(await claimUsernames(query, claims, anyRenames, expectsLoss))
      return ends.map((end) => (end.outcome === 'taken' ? end.suggestions : end))
    }

    test.each([
      { expectsLoss: true, firstLook: 1 },
      { expectsLoss: false, firstLook: 2 },
    ])(
      'share a look in statement $firstLook, then one further look if they have to',
      async ({ expectsLoss, firstLook }) => {
        expect(await suggested(firstLook, expectsLoss)).toEqual([hers, his.slice(4, 7), his.slice(4, 7)])
        expect(await suggested(firstLook + 1, expectsLoss)).toEqual([hers, his.slice(4, 9), his.slice(4, 9)])
      },
    )

    test('are told so where the database goes away before any names are found', async () => {
      expect(await suggested(1, false)).toEqual([[], [], []])
    })
  })

  test.each([
    { expectsLoss: true, loser: { id: 'cypher', name: 'Cypher' } },
    { expectsLoss: false, loser: { id: 'switch', name: 'Switch' } },
  ])(
    'what a neighbour just won is suggested to nobody (loss expected: $expectsLoss)',
    async ({ expectsLoss, loser }) => {
      const [best, ...others] = candidatesOf(loser)
      if (best === undefined) throw new Error('there is nothing to suggest')
      const claims = [
        { person: { id: `neighbour of ${loser.id}`, name: 'Tank' }, username: best },
        { person: loser, username: wanted },
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

  test.each([
    { expectsLoss: true, statements: 1 },
    { expectsLoss: false, statements: 2 },
  ])(
    'five that are free are found in statement $statements (loss expected: $expectsLoss)',
    async ({ expectsLoss, statements }) => {
      const { query, sent } = cutOffAfter(Number.POSITIVE_INFINITY)
      const claim = { person: trinity, username: wanted }
      const five = { outcome: 'taken', suggestions: candidatesOf(trinity).slice(0, 5) }
      expect(await claimUsername(query, claim, anyRenames, expectsLoss)).toEqual(five)
      expect(sent()).toBe(statements)
    },
  )

  test('a loss is expected after one, and none after a win', async () => {
    const { query, sent } = cutOffAfter(Number.POSITIVE_INFINITY)
    const claims = openClaims({ ...database, query }, anyRenames)
    const statementsFor = async (username: Username) => {
      const before = sent()
      await claims.claim({ person: trinity, username })
      return sent() - before
    }
    const own = Username.parse('trinity_moss_hq')
    expect(await statementsFor(own)).toBe(1)
    expect(await statementsFor(wanted)).toBe(2)
    expect(await statementsFor(wanted)).toBe(1)
    expect(await statementsFor(own)).toBe(1)
    expect(await statementsFor(wanted)).toBe(2)
  })

  test('five are suggested to each of several who lose together', async () => {
    const context = contextOf(database)
    const callers = [trinity, morpheus, trinity].map((person) => createCaller({ ...context, person }))
    const hers = candidatesOf(trinity).slice(0, 5)
    expect(await suggestedBy(callers)).toEqual([hers, candidatesOf(morpheus).slice(4, 9), hers])
  })
})
