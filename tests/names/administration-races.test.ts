import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/domain/person.ts'
import { randomFrom } from '../../server/domain/random.ts'
import { newSeed, shuffled } from '../race/random.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { callerOf, somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator, newMember } from './administrators.ts'

const seed = newSeed()
const poolSize = 20

describe.each(engines)(`administration during claims on %s (seed ${seed})`, (engine) => {
  const random = randomFrom(seed)
  let database: TestDatabase
  let admin: ReturnType<typeof callerOf>['admin']
  beforeAll(async () => {
    database = await openTestDatabase(engine, { poolSize })
    admin = callerOf(database, await newAdministrator(database)).admin
  })
  afterAll(() => database.close())

  const claim = (person: Person, username: string) =>
    endOf(callerOf(database, person).profile.claimUsername({ username }))
  const nameOf = async (person: Person) => (await callerOf(database, person).profile.me()).username
  const historyOf = async (username: string) => (await admin.usernameHistory({ username })).changes.reverse()

  /** Starts all at once in a random order; answers the ends in the order of the calls. */
  async function race<T>(...starts: (() => Promise<T>)[]): Promise<T[]> {
    const ends = new Map<() => Promise<T>, Promise<T>>()
    for (const start of shuffled(starts, random)) ends.set(start, start())
    return Promise.all(starts.flatMap((start) => ends.get(start) ?? []))
  }

  /** The same, where each can only go on once as many as the pool has sessions wait to write. */
  async function raceAtTheGate<T>(...starts: (() => Promise<T>)[]): Promise<T[]> {
    const gate = await lock(database, 'LOCK TABLE usernames IN SHARE MODE')
    const ends = race(...starts)
    try {
      await gate.waiting(Math.min(poolSize, starts.length))
    } finally {
      await gate.release()
    }
    return ends
  }

  const ways = engine === 'postgresql' ? { 'at once': race, 'at a gate': raceAtTheGate } : { 'at once': race }

  describe.each(Object.entries(ways))('%s', (_, run) => {
    test('a reservation that 50 people claim meanwhile comes before all of them or after one', async () => {
      for (const round of times(5, (at) => at)) {
        const name = freshName(`reserved${round}`)
        const [reservation, ...claims] = await run<Awaited<ReturnType<typeof endOf>>>(
          () => endOf(admin.reserveUsername({ username: name })),
          ...times(50, () => () => claim(somebody(), name)),
        )
        const kinds = claims.map(({ kind }) => kind).sort()
        const changes = await historyOf(name)
        if (reservation?.kind === 'DONE') {
          expect(kinds).toEqual(times(50, () => 'USERNAME_RESERVED'))
          expect(changes.map(({ status }) => status)).toEqual(['reserved'])
        } else {
          expect(reservation).toEqual({
            kind: 'USERNAME_TAKEN',
            payload: { username: name, suggestions: [] },
          })
          expect(kinds).toEqual(['DONE', ...times(49, () => 'USERNAME_TAKEN')])
          expect(changes.map(({ status }) => status)).toEqual(['current'])
        }
      }
    })

    test('a name reserved for somebody goes to them, whatever 20 strangers do', async () => {
      for (const round of times(5, (at) => at)) {
        const [meant, name] = [await newMember(database), freshName(`meant${round}`)]
        await admin.reserveUsername({ username: name, for: meant.email })
        const strangers = await Promise.all(times(20, () => newMember(database)))
        // Those at the gate are whoever finds the name theirs to take: the one it is meant for.
        const [end, ...others] = await race(
          () => claim(meant, name),
          ...strangers.map((stranger) => () => claim(stranger, name)),
        )
        expect(end?.kind).toBe('DONE')
        for (const { kind } of others) expect(['USERNAME_RESERVED', 'USERNAME_TAKEN']).toContain(kind)
        expect(await nameOf(meant)).toBe(name)
      }
    })

    test('a transfer, the owner’s rename and the taker’s claim end as in some order', async () => {
      for (const round of times(10, (at) => at)) {
        const [giver, taker] = [somebody(), somebody()]
        const [name, next, other] = [freshName(`t${round}`), freshName('next'), freshName('other')]
        await claim(giver, name)
        // Somebody whom nobody knows yet cannot be given a name.
        await database.prisma.profile.create({ data: { id: taker.id } })
        const [transfer, rename, claimed] = await run<Awaited<ReturnType<typeof endOf<object>>>>(
          () => endOf(admin.transferUsername({ username: name, to: taker.id })),
          () => claim(giver, next),
          () => claim(taker, other),
        )
        expect([rename?.kind, claimed?.kind]).toEqual(['DONE', 'DONE'])
        expect(await nameOf(giver)).toBe(next)
        expect(transfer?.kind).toBe('DONE')
        const replacedBy = (end: { answer?: object } | undefined) => Object(end?.answer).previous ?? null
        const takerNow = await nameOf(taker)
        // Whichever of the taker's two came last says which it replaced.
        expect([replacedBy(transfer), replacedBy(claimed), takerNow]).toEqual(
          takerNow === name ? [other, null, name] : [null, name, other],
        )
        const former = takerNow === name ? other : name
        expect(await admin.whoHeld({ username: former })).toMatchObject({
          status: 'held',
          person: { id: taker.id },
        })
        // The giver's rename left the name behind, or found it gone.
        const causes = (await historyOf(name)).map(({ cause }) => cause)
        expect(causes.slice(0, 2)).toEqual([
          'claimed',
          replacedBy(rename) === name ? 'renamed' : 'transferred',
        ])
      }
    })

    test('two who are handed each other’s names both have one of the two', async () => {
      for (const round of times(10, (at) => at)) {
        const [one, two] = [somebody(), somebody()]
        const [first, second] = [freshName(`x${round}`), freshName(`y${round}`)]
        await Promise.all([claim(one, first), claim(two, second)])
        const ends = await run<Awaited<ReturnType<typeof endOf>>>(
          () => endOf(admin.transferUsername({ username: first, to: two.id })),
          () => endOf(admin.transferUsername({ username: second, to: one.id })),
        )
        expect(ends.map(({ kind }) => kind)).toEqual(['DONE', 'DONE'])
        expect([await nameOf(one), await nameOf(two)]).toEqual([second, first])
      }
    })

    test('a release at once and 20 claims leave the name with one of them, or with its owner', async () => {
      for (const round of times(5, (at) => at)) {
        const [owner, name] = [somebody(), freshName(`at-once${round}`)]
        await claim(owner, name)
        const people = times(20, () => somebody())
        const [release, ...claims] = await race<Awaited<ReturnType<typeof endOf>>>(
          () => endOf(admin.releaseUsername({ username: name, atOnce: true })),
          ...people.map((person) => () => claim(person, name)),
        )
        expect(release?.kind).toBe('DONE')
        const winners = claims.filter(({ kind }) => kind === 'DONE')
        expect(winners.length).toBeLessThanOrEqual(1)
        for (const { kind } of claims) expect(['DONE', 'USERNAME_TAKEN']).toContain(kind)
        expect(await nameOf(owner)).toBeNull()
        const names = await Promise.all(people.map(nameOf))
        expect(names.filter((one) => one === name)).toHaveLength(winners.length)
        // Held for its owner it would be nobody else's.
        if (winners.length === 0) expect(await claim(somebody(), name)).toMatchObject({ kind: 'DONE' })
      }
    })
  })

  describe.runIf(engine === 'postgresql')('in the order that locks make', () => {
    test.each([
      ['its owner’s release', `SELECT release_username($1, 90, NULL, NULL), $2::text`],
      [
        'its owner’s rename',
        `SELECT claim_username($1, '', NULL, 'next-' || $2, NULL, '1', 90, NULL, 30, NULL)`,
      ],
      ['another administrator', `SELECT free_username($2, 90, false, NULL, NULL), $1::text`],
    ])('a release that waits for %s ends no hold', async (_, first) => {
      const [owner, username] = [somebody(), freshName('late')]
      await callerOf(database, owner).profile.claimUsername({ username })
      const before = await lock(database, first, [owner.id, username])
      const release = admin.releaseUsername({ username })
      await before.waiting(1)
      await before.release()
      const { was, heldUntil } = await release
      expect(was).toBe('held')
      expect(await endOf(callerOf(database, somebody()).profile.claimUsername({ username }))).toMatchObject({
        kind: 'USERNAME_HELD',
        payload: { until: heldUntil },
      })
      expect((await admin.usernameHistory({ username })).changes).toHaveLength(2)
    })
  })
})

describe.runIf(withPostgres)('the functions of the database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase('postgresql', { poolSize })
  })
  afterAll(() => database.close())

  test(`never wait for each other in a circle, when names go round and are freed (seed ${seed})`, async () => {
    const { prisma } = database
    const random = randomFrom(seed)
    // Locks are taken in the order of ids, which the seed is to tell too.
    const newPerson = () => `person-${random()}`
    const people = times(4, newPerson)
    const names = times(4, (at) => freshName(`round${at}`))
    await prisma.profile.createMany({ data: people.map((id) => ({ id })) })
    await Promise.all(
      names.map((username, at) =>
        callerUnder(
          database,
          { id: people[at] ?? '', name: '' },
          { lookAlikes: 'allow' },
        ).profile.claimUsername({
          username,
        }),
      ),
    )
    const any = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T
    // Without the retries that a procedure has: a deadlock (SQLSTATE 40P01) rejects.
    const steps = times(400, () => {
      const name = any(names)
      if (random() < 0.2) {
        const atOnce = random() < 0.3
        return () => prisma.$queryRaw`SELECT * FROM free_username(${name}, 90, ${atOnce}, NULL, NULL)`
      }
      if (random() < 0.2) {
        const version = String(random())
        return () => prisma.$queryRaw`SELECT set_skeleton(${name}, ${name}, ${name}, ${version})`
      }
      if (random() < 0.2) {
        return () =>
          prisma.$queryRaw`SELECT * FROM reserve_username(${name}, ${name}, '1', 'x', NULL, NULL, NULL)`
      }
      if (random() < 0.2) {
        // Somebody new takes their place: who was forgotten is handed no name any more.
        const [gone] = people.splice(Math.floor(random() * people.length), 1, newPerson())
        return () => prisma.$queryRaw`SELECT forget_person(${gone}, 90)::text`
      }
      const to = any(people)
      return () => prisma.$queryRaw`SELECT * FROM transfer_username(${name}, ${to}, '', 90, NULL, NULL)`
    })
    // In the order in which they were drawn, or nearly: nobody is handed a name after they were forgotten.
    await Promise.all(
      times(poolSize, async () => {
        for (let step = steps.shift(); step !== undefined; step = steps.shift()) await step()
      }),
    )
    // Mostly 30 to 130, where they go round to the end.
    expect(await prisma.usernameChange.count({ where: { cause: 'transferred' } })).toBeGreaterThan(10)
  })
})
