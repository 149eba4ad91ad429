import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DeclaredKind } from '../../shared/failures.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { internals, runIn, warn } from './procedure.ts'

describe.each(engines)('a name that is not to be had on %s', (engine) => {
  let database: TestDatabase
  const until = new Date(Date.now() + 86_400_000)
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    const { prisma } = database
    await prisma.profile.create({ data: { id: 'smith' } })
    const owned = { ownerId: 'smith', claimedAt: new Date() }
    await prisma.username.createMany({
      data: [
        { key: 'smith', display: 'smith', ...owned },
        { key: 'jones', display: 'jones', heldUntil: until, ...owned },
      ],
    })
  })
  afterAll(() => database?.close())

  const suggestions = expect.arrayContaining([expect.stringMatching(/smith|jones|static/)])
  const create = (declared: DeclaredKind[], username: string) =>
    runIn(
      database,
      declared,
      () => database.prisma.username.create({ data: { key: username, display: username } }),
      { username },
    )
  const all: DeclaredKind[] = ['PROFILE_CHANGED', 'USERNAME_TAKEN', 'USERNAME_HELD', 'USERNAME_RESERVED']

  test.each([
    ['taken', 'smith', 'USERNAME_TAKEN', {}],
    ['held', 'jones', 'USERNAME_HELD', { until: until.toISOString() }],
    ['reserved', 'static', 'USERNAME_RESERVED', {}],
  ] as const)('because it is %s is told as such, with others to have', async (_, username, kind, more) => {
    const end = await create(all, username)
    expect(end.failure).toMatchObject({ kind, payload: { username, suggestions, ...more } })
    expect(end.log).toEqual([])
    const lessSaid = await create(['USERNAME_TAKEN'], username)
    expect(lessSaid.failure).toMatchObject({ kind: 'USERNAME_TAKEN', payload: { username, suggestions } })
  })

  test('is taken, with nothing to suggest, where the database cannot say more', async () => {
    await database.prisma.$executeRaw`ALTER FUNCTION free_usernames RENAME TO lost`
    const end = await create(all, 'admin')
    await database.prisma.$executeRaw`ALTER FUNCTION lost RENAME TO free_usernames`
    expect(end.failure).toMatchObject({
      kind: 'USERNAME_TAKEN',
      payload: { username: 'admin', suggestions: [] },
    })
    expect(end.wire).not.toMatch(internals)
    expect(end.log).toMatchObject([{ level: warn, msg: 'cannot look up a conflict' }])
  })
})
