import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Observer, observe } from '../database/backends.ts'
import { freshName } from '../race/world.ts'
import { openTestDatabase, type TestDatabase, urlOf, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { callerOf, somebody } from '../support/people.ts'
import { settingsOf } from '../support/settings.ts'
import { run } from './run-command.ts'

describe.skipIf(!withPostgres)('a command that asks the database by itself', () => {
  let database: TestDatabase
  let other: Observer
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
    other = await observe(urlOf(database.location))
  })
  afterAll(async () => {
    await other?.close()
    await database?.close()
  })

  const owned = async () => {
    const [person, name] = [somebody(), freshName('owned')]
    await callerOf(database, person).profile.claimUsername({ username: name })
    return { id: person.id, key: name.toLowerCase() }
  }

  test.each([
    {
      what: 'names skeletons',
      waitsFor: 'SELECT FROM usernames WHERE key = $1 FOR UPDATE',
      statement: 'set_skeleton',
      args: () => ['names', 'skeletons'],
    },
    {
      what: 'admins add',
      waitsFor:
        'SELECT FROM profiles p JOIN usernames u ON u.owner_id = p.id WHERE u.key = $1 FOR UPDATE OF p',
      statement: '"profiles"',
      args: (key: string) => ['admins', 'add', `@${key}`, '--yes'],
    },
  ])('$what says that its session was lost, and what to do', async ({ waitsFor, statement, args }) => {
    const { key } = await owned()
    await database.prisma.$executeRaw`
      UPDATE usernames SET look = NULL, skeleton = NULL, skeleton_version = NULL WHERE key = ${key}`
    const held = await lock(database, waitsFor, [key])
    const running = run([...args(key), '--json'], settingsOf(database))
    const pid = await other.untilBackend(statement, 'for a lock')
    await other.query('SELECT pg_terminate_backend($1)', [pid])
    const { code, out, err } = await running.finally(held.release)
    const message = 'The database did not answer, or not in time. What was done stays done: run this again.'
    expect({ code, err }).toEqual({ code: 1, err: `${message}\n` })
    expect(JSON.parse(out)).toEqual({ error: { kind: 'UNAVAILABLE', message } })
  })

  test('says of anything else that it is a defect, whose stack is on the standard error', async () => {
    const { id } = await owned()
    const { code, out, err } = await run(['admins', 'add', id, '--json'], settingsOf(database), async () => {
      await other.query(
        'ALTER TABLE profiles ADD CONSTRAINT nobody_at_all CHECK (NOT administrator) NOT VALID',
      )
      return 'y'
    })
    const message =
      'Something went wrong on our side. What was done stays done. Its stack is on the standard error.'
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({ error: { kind: 'UNEXPECTED', message } })
    expect(err).toMatch(/nobody_at_all[\s\S]*\n {4}at /)
    expect(err.endsWith(`\n${message}\n`)).toBe(true)
  })
})
