import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/failure.ts'
import { setAdministrator } from '../../server/domain/people.ts'
import { createCaller } from '../../server/router.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { contextOf, somebody } from '../support/people.ts'

describe.each(engines)('the log of what administrators ask for on %s', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  test('has who looked up what, and nothing of who may not', async () => {
    const lines: string[] = []
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(line) })
    const [administrator, other] = [somebody(), somebody()]
    await setAdministrator(database.prisma, { person: administrator, administrator: true })
    const adminOf = (person: typeof other) => createCaller(contextOf(database, { person, log })).admin

    await adminOf(administrator).whoHeld({ username: 'admin' })
    const refused = await adminOf(other)
      .whoHeld({ username: 'admin' })
      .catch((error) => failureOf(error).kind)
    expect(refused).toBe('ADMINISTRATORS_ONLY')
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        msg: 'administration',
        actorId: administrator.id,
        procedure: 'admin.whoHeld',
        input: { username: 'admin' },
      }),
    ])
  })
})
