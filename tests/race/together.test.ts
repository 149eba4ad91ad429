import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openClaims } from '../../server/domain/claims.ts'
import type { Person } from '../../server/domain/person.ts'
import { Username } from '../../shared/username.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { somebody } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'
import { freshName, times } from './world.ts'

describe.each(engines)('Claims that are made together on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  /** How many statements claims were made by. */
  let statements = 0
  function newClaims() {
    statements = 0
    const query: TestDatabase['query'] = (sql, ...values) => {
      if (sql.join('').includes('claim_username')) statements += 1
      return database.query(sql, ...values)
    }
    const claims = openClaims({ query, engine }, anyRenames)
    return (person: Person, name: string, idempotencyKey?: string) =>
      claims.claim({ person, username: Username.parse(name), idempotencyKey })
  }

  /** Two claims of which the server cancels the statement that makes both, after a while. */
  async function cancelledAfter(ms: number) {
    let sent = 0
    const query: TestDatabase['query'] = async (sql, ...values) => {
      sent += 1
      if (sent > 1) return database.query(sql, ...values)
      await sleep(ms)
      throw Object.assign(new Error('canceling statement due to user request'), {
        severity: 'ERROR',
        code: '57014',
      })
    }
    const { claim } = openClaims({ query, engine }, anyRenames)
    const ends = await Promise.allSettled(
      ['ready', 'steady'].map((start) =>
        claim({ person: somebody(), username: Username.parse(freshName(start)) }),
      ),
    )
    return { sent, ends: ends.map((end) => (end.status === 'fulfilled' ? end.value.outcome : end.status)) }
  }

  test('are made one by one where the server cancelled them at once, and fail where that took long', async () => {
    expect(await cancelledAfter(0)).toEqual({ sent: 3, ends: ['claimed', 'claimed'] })
    expect(await cancelledAfter(1_100)).toEqual({ sent: 1, ends: ['rejected', 'rejected'] })
  })

  async function currentNames(people: readonly Person[]): Promise<(string | null | undefined)[]> {
    const rows = await database.prisma.profile.findMany({ where: { id: { in: people.map(({ id }) => id) } } })
    return people.map(({ id }) => rows.find((row) => row.id === id)?.usernameKey)
  }

  test('are one statement, and end each as it would alone', async () => {
    const claim = newClaims()
    const [owner, renamer, stranger, double] = times(4, () => somebody()) as [Person, Person, Person, Person]
    const [taken, old, now, free] = [
      freshName('taken'),
      freshName('old'),
      freshName('now'),
      freshName('free'),
    ]
    await claim(owner, taken)
    await claim(renamer, old)
    statements = 0
    const ends = await Promise.all([
      claim(owner, taken),
      claim(renamer, now),
      claim(stranger, taken),
      claim(double, free ?? '', 'key'),
      claim(double, free ?? '', 'key'),
      claim(somebody(), taken.replace('t', 'T').replace('a', 'A')),
      claim(stranger, 'admin'),
    ])
    expect(statements).toBe(1)
    expect(ends.map(({ outcome }) => outcome)).toEqual([
      ...['claimed', 'claimed', 'taken', 'claimed', 'claimed', 'taken', 'reserved'],
    ])
    expect(ends[1]).toMatchObject({ previous: { username: old } })
    expect(ends[2]).toMatchObject({ suggestions: expect.arrayContaining([expect.any(String)]) })
    expect(ends[3]).toEqual(ends[4])
  })

  test('keep their keys also for a name that one has already, which is never taken back by it', async () => {
    const claim = newClaims()
    const owner = somebody()
    const [name, next] = [freshName('kept'), freshName('next')]
    await claim(owner, name)
    statements = 0
    const [again] = await Promise.all([claim(owner, name, 'key'), claim(somebody(), freshName('other'))])
    expect(statements).toBe(1)
    await claim(owner, next)
    expect(await claim(owner, name, 'key')).toEqual(again)
    expect(await currentNames([owner])).toEqual([next])
  })

  test('let in one of two names that look alike', async () => {
    const claim = newClaims()
    const name = freshName('n0w')
    const ends = await Promise.all([claim(somebody(), name), claim(somebody(), name.replace('0', 'O'))])
    expect(statements).toBe(1)
    expect(ends.map(({ outcome }) => outcome).sort()).toEqual(['claimed', 'too-similar'])
  })

  test('write the history of each', async () => {
    const claim = newClaims()
    const people = times(10, () => somebody())
    const names = times(10, (at) => freshName(`history${at}`))
    await Promise.all(people.map((person, at) => claim(person, names[at] ?? '')))
    expect(statements).toBe(1)
    expect(await currentNames(people)).toEqual(names)
    const changes = await database.prisma.usernameChange.findMany({ where: { key: { in: names } } })
    expect(changes).toHaveLength(10)
    for (const { key, cause, actorId, personId, ownerId, status } of changes) {
      const { id } = people[names.indexOf(key)] as Person
      expect([cause, actorId, personId, ownerId, status]).toEqual(['claimed', id, id, id, 'current'])
    }
  })

  test('have one winner for a name, and one name for a person', async () => {
    const claim = newClaims()
    const [person, name] = [somebody(), freshName('crowd')]
    const others = times(10, () => somebody())
    const own = times(5, (at) => freshName(`own${at}`))
    const crowd = await Promise.all([
      ...others.map((other) => claim(other, name)),
      ...own.map((wanted) => claim(person, wanted)),
    ])
    expect(crowd.slice(0, 10).filter(({ outcome }) => outcome === 'claimed')).toHaveLength(1)
    expect(crowd.slice(10).map(({ outcome }) => outcome)).toEqual(own.map(() => 'claimed'))
    const [current] = await currentNames([person])
    const held = await database.prisma.username.count({
      where: { ownerId: person.id, heldUntil: { not: null } },
    })
    expect([own.includes(current ?? ''), held]).toEqual([true, 4])
  })

  test('do not fail for one of them that the database refuses', async () => {
    const claim = newClaims()
    const [good, bad, better] = [somebody(), { id: 'nul\0byte', name: '' }, somebody()]
    const ends = await Promise.allSettled([
      claim(good, freshName('good')),
      claim(bad, freshName('bad')),
      claim(better, freshName('better')),
    ])
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  test.runIf(engine === 'postgresql')('do not wait for one of them that has to wait', async () => {
    const claim = newClaims()
    const [patient, other, slow] = [somebody(), somebody(), freshName('slow')]
    const gate = await lock(
      database,
      "INSERT INTO usernames (key, display, reserved_because) VALUES ($1, $1, 'meanwhile')",
      [slow],
    )
    const waiting = claim(patient, slow)
    const before = await Promise.all([
      claim(other, freshName('quick')),
      claim(somebody(), freshName('quick')),
    ])
    expect(before.map(({ outcome }) => outcome)).toEqual(['claimed', 'claimed'])
    await gate.waiting(1)
    await gate.release()
    expect(await waiting).toMatchObject({ outcome: 'reserved' })
  })

  test.runIf(engine === 'postgresql')('all end unknown when their connection breaks', async () => {
    const claim = newClaims()
    const people = times(4, () => somebody())
    const { prisma } = database
    // Only the first: claims that were made once more would succeed, and be noticed.
    await prisma.$executeRaw`CREATE SEQUENCE dawdlers`
    await prisma.$executeRaw`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('dawdlers') = 1 THEN PERFORM pg_sleep(30); END IF; RETURN NEW;
      END $$`
    await prisma.$executeRaw`
      CREATE TRIGGER dawdle BEFORE INSERT ON username_changes FOR EACH ROW EXECUTE FUNCTION dawdle()`
    try {
      const ends = Promise.allSettled(people.map((person, at) => claim(person, freshName(`lost${at}`))))
      const terminate = () => prisma.$queryRaw`
        SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE '%claim_usernames%' AND wait_event = 'PgSleep'`
      await expect.poll(terminate).toEqual([{ ended: true }])
      expect((await ends).map(({ status }) => status)).toEqual(people.map(() => 'rejected'))
      expect(await currentNames(people)).toEqual(people.map(() => undefined))
    } finally {
      await prisma.$executeRaw`DROP TRIGGER dawdle ON username_changes`
    }
  })
})
