import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { judgeRows } from './verdict/rows.ts'
import type { Acknowledged } from './workload/recorder.ts'

let database: TestDatabase
let acknowledged: Acknowledged[]
const neo = somebody()
beforeAll(async () => {
  database = await openTestDatabase('embedded')
  const { profile } = callerOf(database, neo)
  const claims = [
    await profile.claimUsername({ username: 'Neo-1' }),
    await profile.claimUsername({ username: 'neo-2' }),
  ]
  acknowledged = claims.map(({ key, claimedAt }) => ({ key, by: neo.id, claimedAt }))
})
afterAll(() => database?.close())

const judged = async (claims = acknowledged) => (await judgeRows(database, claims)).violations

/** Does something to the rows that nothing of ours does, judges them, and puts it right. */
async function judgedAfter(wrong: string, right: string): Promise<string[]> {
  await database.prisma.$executeRawUnsafe(wrong)
  const violations = await judged()
  await database.prisma.$executeRawUnsafe(right)
  expect(await judged()).toEqual([])
  return [...violations]
}

test('rows that claims left hold', async () => {
  expect(await judged()).toEqual([])
})

test('a claim that was acknowledged and is nowhere is told', async () => {
  const [first] = acknowledged
  const lost = { key: 'neo-3', by: neo.id, claimedAt: first?.claimedAt ?? '' }
  expect(await judged([...acknowledged, lost])).toEqual([
    `1 acknowledged claims are not in the history of names: ${JSON.stringify(lost)}`,
  ])
})

test('an acknowledged claim of another moment is told', async () => {
  const moved = acknowledged.map((claim) => ({ ...claim, claimedAt: '2020-01-01T00:00:00.000Z' }))
  expect((await judged(moved))[0]).toMatch(/^2 acknowledged claims/)
})

test('a current name that is held, or that no profile has, is told', async () => {
  const violations = await judgedAfter(
    `UPDATE profiles SET username_key = 'neo-1' WHERE id = '${neo.id}'`,
    `UPDATE profiles SET username_key = 'neo-2' WHERE id = '${neo.id}'`,
  )
  expect(violations.map((violation) => violation.split(':')[0])).toEqual([
    '1 people have a current name that is not theirs',
    '1 current names are of nobody’s profile',
    '1 profiles are not what the history of names says',
  ])
})

test('names of two people that look alike are told, held ones too', async () => {
  const [morpheus, trinity] = [somebody(), somebody()]
  await callerOf(database, trinity).profile.claimUsername({ username: 'trinity' })
  for (const username of ['zion-0', 'zion-o']) {
    await callerOf(database, morpheus).profile.claimUsername({ username })
  }
  const givenTo = ({ id }: { id: string }) => `UPDATE usernames SET owner_id = '${id}' WHERE key = 'zion-0'`
  expect(await judgedAfter(givenTo(trinity), givenTo(morpheus))).toContain(
    '1 looks are those of names of different people: ["zion-0","zion-o"]',
  )
})

test('a name that is not what its history says is told', async () => {
  const violations = await judgedAfter(
    `UPDATE usernames SET display = 'NEO-2' WHERE key = 'neo-2'`,
    `UPDATE usernames SET display = 'neo-2' WHERE key = 'neo-2'`,
  )
  expect(violations.map((violation) => violation.split(':')[0])).toEqual([
    '2 names are not what their history says',
  ])
})
