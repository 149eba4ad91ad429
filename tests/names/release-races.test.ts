import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshName } from '../race/world.ts'
import { openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { callerOf, somebody } from '../support/people.ts'
import { endOf, newAdministrator } from './administrators.ts'

describe.runIf(withPostgres)('a release by an administrator that comes a moment too late', () => {
  let database: TestDatabase
  let admin: ReturnType<typeof callerOf>['admin']
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
    admin = callerOf(database, await newAdministrator(database)).admin
  })
  afterAll(() => database.close())

  test.each([
    ['its owner’s release', `SELECT release_username($1, 90, NULL, NULL), $2::text`],
    [
      'its owner’s rename',
      `SELECT claim_username($1, '', NULL, 'next-' || $2, NULL, '1', 90, NULL, 30, NULL)`,
    ],
    ['another administrator', `SELECT free_username($2, 90, false, NULL, NULL), $1::text`],
  ])('after %s ends no hold', async (_, first) => {
    const [owner, username] = [somebody(), freshName('late')]
    await callerOf(database, owner).profile.claimUsername({ username })
    const before = await lock(database, first, [owner.id, username])
    const release = admin.releaseUsername({ username })
    await before.waiting(1)
    await before.release()
    const { was, heldUntil } = await release
    expect(was).toBe('taken')
    expect(await endOf(callerOf(database, somebody()).profile.claimUsername({ username }))).toMatchObject({
      kind: 'USERNAME_HELD',
      payload: { until: heldUntil },
    })
    expect((await admin.usernameHistory({ username })).changes).toHaveLength(2)
  })
})
