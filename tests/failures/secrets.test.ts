import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { clientFor, failureFrom, type Served, serve, transports } from './serving.ts'

/** What only we should read: of Prisma, of SQL, of the tables, of a stack or a path. */
const ours =
  /prisma|pglite|postgres|sqlstate|\bsql\b|relation|column|usernames|claim_username|stack|node_modules|\.(ts|js)\b|\bat /i

describe.each(engines)('a defect of ours on %s', (engine) => {
  const logged: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void logged.push(line) })
  let database: TestDatabase
  let served: Served
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    // A table that is not as the code expects it: what every query answers is an error of the database.
    await database.prisma.$executeRaw`ALTER TABLE usernames RENAME TO usernames_elsewhere`
    await database.prisma.$executeRaw`ALTER TABLE profiles RENAME TO profiles_elsewhere`
    served = await serve(database, { log })
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })

  test.each(transports)(
    'reaches the caller as UNEXPECTED and a request id, sent as %s, and the log whole',
    async (transport) => {
      const bodies: string[] = []
      const { profile } = clientFor(served, {
        transport,
        token: randomUUID(),
        async fetch(input, init) {
          const response = await fetch(input, init)
          bodies.push(await response.clone().text())
          return response
        },
      })
      const calls = [
        () => profile.claimUsername.mutate({ username: 'defect' }),
        () => profile.checkUsername.query({ username: 'defect' }),
        () => profile.get.query({ username: 'defect' }),
        () => profile.me.query(),
        () => profile.update.mutate({ bio: 'x', version: 0 }),
      ]
      for (const call of calls) {
        const failure = await failureFrom(call())
        expect(failure).toMatchObject({ kind: 'UNEXPECTED', payload: null })
        const line = logged.find(
          (text) => text.includes(`"${failure.requestId}"`) && text.includes('"defect"'),
        )
        expect(line).toMatch(ours)
      }
      expect(bodies).toHaveLength(calls.length)
      expect(bodies.filter((body) => ours.test(body))).toEqual([])
    },
  )
})
