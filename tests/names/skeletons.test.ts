import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { NameRules } from '../../server/domain/name-rules.ts'
import type { Person } from '../../server/domain/person.ts'
import { hasOldSkeletons, recomputeSkeletons } from '../../server/domain/skeletons.ts'
import { confusablesVersion, skeleton } from '../../shared/confusables.ts'
import { Username } from '../../shared/username.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator } from './administrators.ts'

const next = '99.0.0'

describe.each(engines)('making skeletons again on %s', (engine) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await openTestDatabase(engine)
  })
  afterEach(() => database.close())

  const claim = (person: Person, username: string, rules: Partial<NameRules> = {}) =>
    endOf(callerUnder(database, person, rules).profile.claimUsername({ username }))
  const skeletonOf = async (username: string) => {
    const row = await database.prisma.username.findUnique({ where: { key: username.toLowerCase() } })
    return row?.skeleton ?? null
  }
  const made = (username: string) => skeleton(Username.parse(username))

  test('has nothing to do in a new database', async () => {
    expect(await hasOldSkeletons(database.query)).toBe(false)
    expect(await recomputeSkeletons(database.prisma)).toEqual({
      version: confusablesVersion,
      recomputed: 0,
      lookAlikes: [],
    })
  })

  test('gives them to names that were claimed while look-alikes were allowed', async () => {
    const [alice, alike] = [somebody(), somebody()]
    await claim(alice, 'Alice', { lookAlikes: 'allow' })
    await claim(alike, 'AIice', { lookAlikes: 'allow' })
    expect(await hasOldSkeletons(database.query)).toBe(true)
    const found = [{ username: 'Alice', resembles: 'AIice' }]
    expect(await recomputeSkeletons(database.prisma, { dryRun: true })).toMatchObject({
      recomputed: 2,
      lookAlikes: found,
    })
    expect(await skeletonOf('Alice')).toBeNull()
    expect(await recomputeSkeletons(database.prisma)).toMatchObject({ recomputed: 2, lookAlikes: found })
    expect([await skeletonOf('aiice'), await skeletonOf('alice')]).toEqual([made('AIice'), null])
    expect(await claim(somebody(), 'a1ice')).toMatchObject({
      kind: 'USERNAME_TOO_SIMILAR',
      payload: { resembles: 'AIice' },
    })
    expect(await hasOldSkeletons(database.query)).toBe(false)
    // Who looks alike is told again, and who is first by then has it.
    expect(await recomputeSkeletons(database.prisma)).toMatchObject({ recomputed: 0, lookAlikes: found })
    await callerUnder(database, alike, { holdDays: 0 }).profile.releaseUsername({})
    expect(await recomputeSkeletons(database.prisma)).toMatchObject({ recomputed: 0, lookAlikes: [] })
    expect(await skeletonOf('alice')).toBe(made('Alice'))
  })

  test('lets a current name come before a reserved one, and that before a held one', async () => {
    const { admin } = callerUnder(database, await newAdministrator(database), { lookAlikes: 'allow' })
    const former = somebody()
    await claim(former, 'c0m', { lookAlikes: 'allow' })
    await callerOf(database, former).profile.releaseUsername({})
    await admin.reserveUsername({ username: 'com' })
    await claim(somebody(), 'corn', { lookAlikes: 'allow' })
    const lookAlikes = ['com', 'c0m'].map((username) => ({ username, resembles: 'corn' }))
    expect(await recomputeSkeletons(database.prisma, { dryRun: true })).toMatchObject({ lookAlikes })
    expect(await recomputeSkeletons(database.prisma)).toMatchObject({ lookAlikes })
  })

  test('of one owner’s two names gives it to the current one, and tells of no conflict', async () => {
    const owner = somebody()
    await claim(owner, 'g0ld')
    await claim(owner, 'gold', { lookAlikes: 'allow' })
    expect([await skeletonOf('g0ld'), await skeletonOf('gold')]).toEqual([made('gold'), null])
    expect(await recomputeSkeletons(database.prisma)).toMatchObject({ recomputed: 1, lookAlikes: [] })
    expect([await skeletonOf('g0ld'), await skeletonOf('gold')]).toEqual([null, made('gold')])
  })

  test('goes through all names when the version moves, whatever the old skeletons were', async () => {
    const people = times(3, () => somebody())
    const names = people.map((_, at) => freshName(`moved${at}`))
    for (const [at, person] of people.entries()) await claim(person, names[at] ?? '')
    const [first = '', second = '', third = ''] = names
    // An older table had other prototypes: one name has the look of another, and one none.
    await database.prisma.$executeRaw`UPDATE usernames SET skeleton = NULL WHERE key = ${first}`
    await database.prisma.$executeRaw`
      UPDATE usernames SET look = ${made(first)}, skeleton = ${made(first)} WHERE key = ${third}`
    const total = await database.prisma.username.count()
    const told: number[] = []
    const options = { version: next, onProgress: (done: number) => told.push(done) }
    expect(await hasOldSkeletons(database.query, next)).toBe(true)
    expect(await recomputeSkeletons(database.prisma, { ...options, dryRun: true })).toMatchObject({
      recomputed: total,
      lookAlikes: [],
    })
    expect(await hasOldSkeletons(database.query, confusablesVersion)).toBe(false)
    expect(await recomputeSkeletons(database.prisma, options)).toEqual({
      version: next,
      recomputed: total,
      lookAlikes: [],
    })
    expect(told.at(-1)).toBe(1)
    for (const name of [first, second, third]) expect(await skeletonOf(name)).toBe(made(name))
    expect(await hasOldSkeletons(database.query, next)).toBe(false)
  })

  test('leaves alone what is nobody’s, so that it is in nobody’s way', async () => {
    const owner = somebody()
    await claim(owner, 'left-behind', { lookAlikes: 'allow' })
    await callerUnder(database, owner, { holdDays: 0 }).profile.releaseUsername({})
    expect(await recomputeSkeletons(database.prisma)).toMatchObject({ recomputed: 1, lookAlikes: [] })
    expect(await skeletonOf('left-behind')).toBeNull()
    expect(await hasOldSkeletons(database.query)).toBe(false)
  })

  test('goes on beside people who claim, rename and spell anew', async () => {
    const people = times(8, () => somebody())
    const stems = times(8, (at) => freshName(`busy${at}`).replace(/[01]/g, 'x'))
    for (const [at, person] of people.entries()) {
      await claim(person, `${stems[at]}m`, { lookAlikes: 'allow' })
    }
    const living = people.flatMap((person, at) =>
      ['rn', 'M', '-next', 'RN', 'm'].map((ending) => () => claim(person, `${stems[at]}${ending}`)),
    )
    const [ends, ...runs] = await Promise.all([
      Promise.all(living.map((one) => one())),
      ...times(3, (at) => recomputeSkeletons(database.prisma, { version: `${at + 1}.0.0` })),
    ])
    expect(ends.map(({ kind }) => kind)).toEqual(living.map(() => 'DONE'))
    expect(runs.flatMap(({ lookAlikes }) => lookAlikes)).toEqual([])
    await recomputeSkeletons(database.prisma, { version: next })
    const rows = await database.prisma.username.findMany({ where: { ownerId: { not: null } } })
    for (const { key, display, heldUntil, skeleton: kept } of rows) {
      if (heldUntil === null) expect([key, kept]).toEqual([key, made(display)])
      else expect([null, made(display)]).toContain(kept)
    }
  })
})

describe.each(engines)('whether names have old skeletons on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database.close())

  test('is found out without reading them, after all have moved on to the next version', async () => {
    const { prisma, query } = database
    await prisma.$executeRaw`
      INSERT INTO usernames (key, display, look, skeleton, skeleton_version, reserved_because)
      SELECT name, name, name, name, ${confusablesVersion}, 'a test'
      FROM generate_series(1, 20000) n, translate('o-' || n, '0123456789', 'abcdefghij') AS name`
    await recomputeSkeletons(prisma, { version: next })
    await prisma.$executeRawUnsafe('ANALYZE usernames')
    expect(await hasOldSkeletons(query, next)).toBe(false)
    const plan = await prisma.$queryRawUnsafe<{ 'QUERY PLAN': string }[]>(
      `EXPLAIN (ANALYZE, TIMING OFF) SELECT EXISTS (SELECT FROM usernames
       WHERE skeleton_version IS NULL OR skeleton_version < '${next}' OR skeleton_version > '${next}')`,
    )
    const lines = plan.map((row) => row['QUERY PLAN']).join('\n')
    expect(lines).toContain('usernames_skeleton_version_idx')
    expect(lines).not.toContain('Seq Scan')
    expect(lines).not.toContain('Rows Removed')
  })
})
