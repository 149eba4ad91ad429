import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { UsernameChange } from '../../server/database/generated/client.ts'
import { nameHistory, ownHistory } from '../../server/domain/history.ts'
import { forgetPerson } from '../../server/domain/release.ts'
import { Username } from '../../shared/username.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { somebody } from '../support/people.ts'
import { callerUnder, endOf, newAdministrator } from './administrators.ts'

describe.each(engines)('the history of names on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database.close())

  interface Page {
    readonly changes: readonly { readonly id: string }[]
    readonly next: string | null
  }

  /** The ids of all changes, two a page. */
  async function readAll(read: (page: { limit: number; before: string | undefined }) => Promise<Page>) {
    const ids: string[] = []
    let before: string | undefined
    for (;;) {
      const page = await read({ limit: 2, before })
      ids.push(...page.changes.map(({ id }) => id))
      if (page.next === null) return ids
      before = page.next
    }
  }

  const historyOf = (key: string) =>
    readAll((page) => nameHistory(database.prisma, { username: Username.parse(key), ...page }))
  const lifeOf = (id: string) => readAll((page) => ownHistory(database.prisma, { person: { id }, ...page }))

  test('leads from each name and each person to all that happened to them, the latest first', async () => {
    const rules = { holdDays: 0 }
    const boss = callerUnder(database, await newAdministrator(database), rules)
    const people = times(12, () => somebody())
    const names = times(5, (at) => freshName(`led${at}`))
    const claim = (person: (typeof people)[number], username: string) =>
      endOf(callerUnder(database, person, rules).profile.claimUsername({ username }))
    const [first, second, third] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]]
    await boss.admin.reserveUsername({ username: names[4] ?? '' })
    await claim(third, names[4] ?? '')
    // Alone, and together with others who lose.
    await claim(first, names[0] ?? '')
    await Promise.all(people.map((person, at) => claim(person, names[at % 4] ?? '')))
    await Promise.all(people.flatMap((person) => names.map((name) => claim(person, name))))
    await claim(second, freshName('led'))
    for (const person of people) await endOf(callerUnder(database, person, rules).profile.releaseUsername({}))
    await Promise.all(people.map((person, at) => claim(person, names[at % 4] ?? '')))
    await forgetPerson(database.prisma, { person: first, rules })

    const changes = await database.prisma.usernameChange.findMany({ orderBy: { id: 'desc' } })
    const idsWhere = (holds: (change: UsernameChange) => boolean) =>
      changes.filter(holds).map(({ id }) => String(id))
    for (const key of names) {
      expect(await historyOf(key)).toEqual(idsWhere((change) => change.key === key))
    }
    for (const { id } of people) {
      expect(await lifeOf(id)).toEqual(idsWhere(({ personId }) => personId === id))
    }
    const firsts = changes.filter(({ isFirst }) => isFirst)
    expect(firsts.length).toBeGreaterThan(2)
    for (const { key, personId, id } of firsts) {
      expect((await historyOf(key)).at(-1)).toBe(String(id))
      expect((await lifeOf(personId ?? '')).at(-1)).toBe(String(id))
    }
  })

  test('is read without reading that of others', async () => {
    const [person, key] = [somebody(), freshName('own')]
    const { profile } = callerUnder(database, person)
    await profile.claimUsername({ username: key })
    await profile.claimUsername({ username: key.toUpperCase() })
    await database.prisma.$executeRaw`
      INSERT INTO username_changes (key, display, changed_at, cause, person_id, status)
      SELECT 'many' || n, 'many' || n, now(), 'freed', ${randomUUID()}, 'free' FROM generate_series(1, 3000) AS n`
    const read = await database.prisma.$transaction(async (prisma) => {
      const rows = () => prisma.$queryRaw<[{ read: number }]>`
        SELECT sum(seq_tup_read + COALESCE(idx_tup_fetch, 0))::int AS read FROM pg_stat_xact_user_tables`
      const [before] = await rows()
      const page = { limit: 10, before: undefined }
      expect((await nameHistory(prisma, { username: Username.parse(key), ...page })).changes).toHaveLength(2)
      expect((await ownHistory(prisma, { person, ...page })).changes).toHaveLength(2)
      const [after] = await rows()
      return after.read - before.read
    })
    expect(read).toBeLessThan(20)
  })
})
