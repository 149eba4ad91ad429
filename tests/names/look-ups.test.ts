import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimUsername } from '../../server/domain/claim.ts'
import { openLookUps } from '../../server/domain/look-ups.ts'
import type { Person } from '../../server/domain/person.ts'
import { Username } from '../../shared/username.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { somebody } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'

describe.each(engines)('Names that are looked up together on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  /** How many statements there were. */
  let statements = 0
  function newLookUps(fault?: Error) {
    statements = 0
    const query: TestDatabase['query'] = async (sql, ...values) => {
      statements += 1
      if (statements === 1 && fault !== undefined) throw fault
      return database.query(sql, ...values)
    }
    return openLookUps({ query, engine }, anyRenames)
  }

  async function named(person: Person, ...names: string[]): Promise<Username[]> {
    const usernames = names.map((name) => Username.parse(freshName(name)))
    for (const username of usernames) {
      const { outcome } = await claimUsername(database.query, { person, username }, anyRenames)
      expect(outcome).toBe('claimed')
    }
    return usernames
  }

  /** What is answered to all of them at once, and to each alone. */
  async function inBothWays<Asked, Answer>(
    asked: readonly Asked[],
    ask: (lookUps: ReturnType<typeof newLookUps>, one: Asked) => Promise<Answer>,
  ) {
    const lookUps = newLookUps()
    const together = await Promise.all(asked.map((one) => ask(lookUps, one)))
    const needed = statements
    const alone: Answer[] = []
    for (const one of asked) alone.push(await ask(newLookUps(), one))
    return { together, alone, needed }
  }

  test('are profiles of one statement, each as if alone', async () => {
    const [ann, bob] = [somebody('Ann'), somebody('Bob')]
    const [former, current] = await named(ann, 'former', 'current')
    const [bobs] = await named(bob, 'bobs')
    const shouted = Username.parse(bobs?.toUpperCase())
    const nobodys = Username.parse(freshName('nobodys'))
    const asked = [bobs, former, nobodys, current, shouted, bobs].filter((name) => name !== undefined)
    const { together, alone, needed } = await inBothWays(asked, (lookUps, name) => lookUps.profile(name))
    expect(together).toMatchObject([
      { displayName: 'Bob', username: bobs },
      { movedTo: current },
      null,
      { displayName: 'Ann', username: current },
      { username: bobs },
      { username: bobs },
    ])
    expect([together, needed]).toEqual([alone, 1])
  })

  test('are checks of one statement, each as if alone', async () => {
    const [ann, bob] = [somebody('Ann'), somebody('Bob')]
    const [held, n0w] = (await named(ann, 'held', 'n0w')) as [Username, Username]
    const free = Username.parse(freshName('free'))
    const similar = Username.parse(n0w.replace('0', 'O'))
    const asked = [
      { username: n0w, person: bob, who: bob.id },
      { username: free, person: bob, who: bob.id },
      { username: n0w, person: ann, who: ann.id },
      { username: held, person: null, who: '192.0.2.1' },
      { username: similar, person: null, who: '192.0.2.2' },
      { username: Username.parse('admin'), person: bob, who: bob.id },
      { username: free, person: null, who: '192.0.2.1' },
    ]
    const { together, alone, needed } = await inBothWays(asked, (lookUps, check) => lookUps.check(check))
    expect(together.map(({ status }) => status)).toEqual([
      'taken',
      'available',
      'yours',
      'held',
      'too-similar',
      'reserved',
      'available',
    ])
    expect(together.map(({ suggestions }) => suggestions.length)).toEqual([5, 0, 0, 5, 5, 5, 0])
    expect(together.flatMap(({ until }, at) => (until === null ? [] : [at]))).toEqual([3])
    expect(together[4]?.resembles).toBe(n0w)
    expect([together, needed]).toEqual([alone, 1])
  })

  test('fail together where the database goes away, and the next do not', async () => {
    const gone = Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' })
    const lookUps = newLookUps(gone)
    const names = times(3, (at) => Username.parse(freshName(`gone${at}`)))
    expect(await Promise.allSettled(names.map((name) => lookUps.profile(name)))).toEqual(
      names.map(() => ({ status: 'rejected', reason: gone })),
    )
    expect(await Promise.all(names.map((name) => lookUps.profile(name)))).toEqual([null, null, null])
    expect(statements).toBe(2)
  })
})

test.runIf(withPostgres)('Look-ups are planned once, however many they are of', async () => {
  const database = await openTestDatabase('postgresql', { poolSize: 1 })
  try {
    const lookUps = openLookUps(database, anyRenames)
    for (const many of [...times(20, () => 1), 2, 3, 5, 8]) {
      const names = times(many, (at) => Username.parse(`name${at}`))
      await Promise.all(names.map((username) => lookUps.profile(username)))
      await Promise.all(names.map((username) => lookUps.check({ username, person: null, who: 'me' })))
    }
    const planned = await database.query`
      SELECT generic_plans::int AS kept, custom_plans::int AS anew FROM pg_prepared_statements
      WHERE generic_plans + custom_plans > 1`
    // PostgreSQL plans five times before it compares.
    expect(planned).toEqual([
      { kept: 19, anew: 5 },
      { kept: 19, anew: 5 },
    ])
  } finally {
    await database.close()
  }
})
