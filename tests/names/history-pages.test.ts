import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UsernameChange } from '../../server/database/generated/client.ts'
import { nameHistory, ownHistory, whoHeld } from '../../server/domain/history.ts'
import { forgetPerson } from '../../server/domain/release.ts'
import { Username } from '../../shared/username.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator } from './administrators.ts'

interface ReadPage {
  readonly changes: readonly { readonly id: string }[]
  readonly next: string | null
}

/** The ids of all changes of a history, read two a page. */
async function readAll(read: (page: { limit: number; before?: string | undefined }) => Promise<ReadPage>) {
  const ids: string[] = []
  let before: string | undefined
  for (;;) {
    const page = await read({ limit: 2, before })
    if (before !== undefined) expect(page.changes).not.toEqual([])
    ids.push(...page.changes.map(({ id }) => id))
    if (page.next === null) return ids
    before = page.next
  }
}

describe.each(engines)('a page of history on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine, { poolSize: 1 })
  })
  afterAll(() => database.close())

  test('leads to the next, to all that happened to a name or to a person', async () => {
    const rules = { holdDays: 0 }
    const { admin } = callerUnder(database, await newAdministrator(database), rules)
    const [first, second, third] = [somebody(), somebody(), somebody()]
    const people = [first, second, third, ...times(9, () => somebody())]
    const [reserved, ...names] = times(5, (at) => freshName(`led${at}`)) as [string, ...string[]]
    const profileOf = (person: typeof first) => callerUnder(database, person, rules).profile
    const claim = (person: typeof first, username: string) =>
      endOf(profileOf(person).claimUsername({ username }))
    const claimEach = () => Promise.all(people.map((person, at) => claim(person, names[at % 4] as string)))
    await admin.reserveUsername({ username: reserved })
    await claim(third, reserved)
    // Alone, and together with others who lose.
    await claim(first, names[0] as string)
    await claimEach()
    await Promise.all(people.flatMap((person) => names.map((name) => claim(person, name))))
    await claim(second, freshName('led'))
    for (const person of people) await endOf(profileOf(person).releaseUsername({}))
    await claimEach()

    const changes = await database.prisma.usernameChange.findMany({ orderBy: { id: 'desc' } })
    const idsOf = (holds: (change: UsernameChange) => boolean) =>
      changes.filter(holds).map(({ id }) => String(id))
    for (const username of [reserved, ...names]) {
      const read = await readAll((page) => admin.usernameHistory({ username, ...page }))
      expect(read).toEqual(idsOf(({ key }) => key === username))
    }
    for (const person of people) {
      const read = await readAll((page) => profileOf(person).usernameHistory(page))
      expect(read).toEqual(idsOf(({ personId }) => personId === person.id))
    }
    expect(changes.filter(({ isFirst }) => isFirst).length).toBeGreaterThan(2)
    await forgetPerson(database.prisma, { person: first, rules })
    const read = await readAll((page) =>
      ownHistory(database.prisma, { person: first, before: undefined, ...page }),
    )
    expect(read.slice(1)).toEqual(idsOf(({ personId }) => personId === first.id))
  })

  test('is read without reading that of others, also where a statement is kept prepared', async () => {
    const { prisma } = database
    const [person, name] = [somebody(), freshName('own')]
    const { profile } = callerUnder(database, person)
    for (const username of [name, name.toUpperCase()]) await profile.claimUsername({ username })
    const page = { limit: 10, before: undefined }
    const read = async () => {
      await nameHistory(prisma, { username: Username.parse(name), ...page })
      await ownHistory(prisma, { person, ...page })
      await whoHeld(prisma, { username: Username.parse(freshName('none')), at: undefined })
    }
    const readAny = () => prisma.usernameChange.count()
    // A plan is settled on at the sixth time.
    for (let round = 0; round < 6; round++) await read()
    const many = 20_000
    await prisma.$executeRaw`
      INSERT INTO username_changes (key, display, changed_at, cause, person_id, status)
      SELECT 'many' || n, 'many' || n, now(), 'freed', 'many' || n, 'free'
      FROM generate_series(1, ${many}::int) AS n`
    // As autovacuum does: plans are made anew then.
    await prisma.$executeRaw`ANALYZE username_changes`

    const [{ canAsk }] = await prisma.$queryRaw<[{ canAsk: boolean }]>`
      SELECT to_regproc('pg_stat_force_next_flush') IS NOT NULL AS "canAsk"`
    /** How many changes were read so far: told once a second, and from PostgreSQL 15 on when asked to. */
    const readSoFar = async () => {
      if (!canAsk) await sleep(1100)
      await (canAsk ? prisma.$queryRaw`SELECT pg_stat_force_next_flush()::text` : prisma.$queryRaw`SELECT 1`)
      const [{ rows }] = await prisma.$queryRaw<[{ rows: number }]>`
        SELECT (seq_tup_read + COALESCE(idx_tup_fetch, 0))::int AS rows
        FROM pg_stat_user_tables WHERE relname = 'username_changes'`
      return rows
    }
    const before = await readSoFar()
    await read()
    const after = await readSoFar()
    await readAny()
    expect([after - before < many / 10, (await readSoFar()) - after >= many]).toEqual([true, true])
  })
})
