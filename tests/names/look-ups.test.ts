import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimUsername } from '../../server/domain/claim.ts'
import { openLookUps } from '../../server/domain/look-ups.ts'
import type { Person } from '../../server/domain/person.ts'
import { Username } from '../../shared/username.ts'
import { appOn, query as asked } from '../http/app.ts'
import { times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { somebody } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'

const named = (...names: string[]) => names.map((name) => Username.parse(name))

describe.each(engines)('Names that are looked up together on %s', (engine) => {
  let database: TestDatabase
  const ann = somebody('Ann')
  const bob = { ...somebody('Bob'), email: 'bob@people.example' }
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    await claim(ann, 'harbour', 'n0rth')
    await claim(bob, 'Lighthouse')
  })
  afterAll(() => database?.close())

  async function claim(person: Person, ...names: string[]): Promise<void> {
    for (const username of named(...names)) {
      const { outcome } = await claimUsername(database.query, { person, username }, anyRenames)
      expect(outcome).toBe('claimed')
    }
  }

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
  type LookUps = ReturnType<typeof newLookUps>

  /** What is answered to all of them at once, in how many statements, and to each alone. */
  async function inBothWays<One, Answer>(
    all: readonly One[],
    ask: (by: LookUps, one: One) => Promise<Answer>,
  ) {
    const lookUps = newLookUps()
    const together = await Promise.all(all.map((one) => ask(lookUps, one)))
    const needed = statements
    const alone: Answer[] = []
    for (const one of all) alone.push(await ask(newLookUps(), one))
    return { together, alone, needed }
  }

  test('are profiles of one statement, each as if alone', async () => {
    const names = named('lighthouse', 'harbour', 'nobodys-name', 'n0rth', 'LIGHTHOUSE', 'lighthouse')
    const { together, alone, needed } = await inBothWays(names, (lookUps, name) => lookUps.profile(name))
    expect(together).toMatchObject([
      { displayName: 'Bob', username: 'Lighthouse' },
      { movedTo: 'n0rth' },
      null,
      { displayName: 'Ann', username: 'n0rth' },
      { username: 'Lighthouse' },
      { username: 'Lighthouse' },
    ])
    expect([together, needed]).toEqual([alone, 1])
  })

  test('are checks of one statement, each as if alone', async () => {
    await database.prisma.username.update({
      where: { key: 'support' },
      data: { reservedFor: bob.email },
    })
    const stranger = { person: null, who: '192.0.2.1' }
    const [byAnn, byBob] = [ann, bob].map((person) => ({ person, who: person.id }))
    const checks = [
      { ...byBob, username: 'n0rth' },
      { ...byBob, username: 'sailing-boat' },
      { ...byAnn, username: 'n0rth' },
      { ...stranger, username: 'harbour' },
      { ...stranger, username: 'nOrth' },
      { ...byAnn, username: 'support' },
      { ...byBob, username: 'support' },
      { ...stranger, username: 'sailing-boat' },
    ].map((check) => ({ ...stranger, ...check, username: Username.parse(check.username) }))
    const { together, alone, needed } = await inBothWays(checks, (lookUps, check) => lookUps.check(check))
    expect(together.map(({ status }) => status)).toEqual([
      ...['taken', 'available', 'yours', 'held', 'too-similar', 'reserved', 'available', 'available'],
    ])
    expect(together.map(({ suggestions }) => suggestions.length)).toEqual([5, 0, 0, 5, 5, 5, 0, 0])
    expect(together.flatMap(({ until }, at) => (until === null ? [] : [at]))).toEqual([3])
    expect(together.map(({ resembles }) => resembles)).toEqual(times(8, (at) => (at === 4 ? 'n0rth' : null)))
    expect([together, needed]).toEqual([alone, 1])
  })

  test('fail together where the database goes away, and the next do not', async () => {
    const gone = Object.assign(new Error('terminating connection'), { severity: 'FATAL', code: '57P01' })
    const names = named('one', 'two', 'three')
    const checks = names.map((username) => ({ username, person: null, who: 'me' }))
    const lookUps = newLookUps(gone)
    const failed = names.map(() => ({ status: 'rejected', reason: gone }))
    expect(await Promise.allSettled(names.map((name) => lookUps.profile(name)))).toEqual(failed)
    expect(await Promise.all(names.map((name) => lookUps.profile(name)))).toEqual([null, null, null])
    expect(statements).toBe(2)
    const checking = newLookUps(gone)
    expect(await Promise.allSettled(checks.map((check) => checking.check(check)))).toEqual(failed)
    expect(statements).toBe(1)
  })

  test('do not fail for one of them that the database refuses', async () => {
    const { check } = newLookUps()
    const people = [bob, { ...bob, email: 'nul\0@people.example' }, null]
    const [username] = named('sailing-boat') as [Username]
    const ends = await Promise.allSettled(people.map((person) => check({ username, person, who: 'me' })))
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test('wait for more names to suggest only where there are too few', async () => {
    // Those that are suggested to him at first are taken by others.
    const few = { username: Username.parse('n0rth'), person: bob, who: 'somebody' }
    const { suggestions } = await newLookUps().check(few)
    const { check } = newLookUps()
    for (const name of suggestions) await claim(somebody(), name)
    const enough = { ...few, username: Username.parse('Lighthouse'), person: ann }
    const free = { ...few, username: Username.parse('sailing-boat') }
    const ends = await Promise.all([free, few, enough].map(check))
    expect(statements).toBe(2)
    expect(ends.map((end) => end.suggestions.length)).toEqual([0, 5, 5])
    expect(ends[1]?.suggestions.some((name) => suggestions.includes(name))).toBe(false)
  })

  test('are of all requests to a server', async () => {
    let profiles = 0
    const app = await appOn({
      ...database,
      query(sql, ...values) {
        if (sql.join('').includes('currentKey')) profiles += 1
        return database.query(sql, ...values)
      },
    })
    const asking = times(20, () => app.inject({ url: asked('profile.get', { username: 'lighthouse' }) }))
    for (const { statusCode } of await Promise.all(asking)) expect(statusCode).toBe(200)
    expect(profiles).toBeLessThan(20)
    await app.close()
  })
})

test.runIf(withPostgres)('Look-ups keep a plan, however many names they are of', async () => {
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
      WHERE statement ~ 'look_up_username|"currentKey"' AND statement !~ 'pg_prepared_statements'`
    // PostgreSQL plans five times before it compares.
    expect(planned).toEqual(times(2, () => ({ kept: 19, anew: 5 })))
  } finally {
    await database.close()
  }
})
