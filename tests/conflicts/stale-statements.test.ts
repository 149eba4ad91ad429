import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/index.ts'
import { appOn, type Member, query, signUp } from '../http/app.ts'
import { openTestDatabase, type TestDatabase, urlOf, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { onServer } from '../support/on-server.ts'
import { callerOf, somebody } from '../support/people.ts'

const poolSize = 10

/** Changes what the prepared statements of all procedures answer, as a migration of another process may. */
const migration = (from: string, to: string) => `
  ALTER TABLE profiles ALTER bio TYPE ${to};
  ALTER TABLE sessions ALTER user_agent TYPE ${to};
  ALTER TABLE users ALTER image TYPE ${to};
  DO $$
  DECLARE
    claim text := pg_get_functiondef('claim_username'::regproc);
    status text := pg_get_functiondef('username_status'::regproc);
  BEGIN
    DROP FUNCTION claim_username;
    EXECUTE replace(claim, 'OUT outcome ${from}', 'OUT outcome ${to}');
    DROP FUNCTION username_status;
    EXECUTE replace(status, 'RETURNS ${from}', 'RETURNS ${to}');
  END $$`

describe.skipIf(!withPostgres)('after a migration by another process, with all statements prepared,', () => {
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  const person = somebody()
  const profile = () => callerOf(database, person).profile
  beforeAll(async () => {
    database = await openTestDatabase('postgresql', { poolSize })
    app = await appOn(database)
    member = await signUp(app)
    await profile().claimUsername({ username: 'neo' })
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  async function lookUpSession() {
    const answer = await app.inject({ url: query('profile.me'), headers: member.program })
    if (answer.statusCode !== 200) throw answer.json().error
  }
  const calls: Record<string, () => Promise<unknown>> = {
    get: () => profile().get({ username: 'neo' }),
    me: () => profile().me(),
    update: async () => profile().update({ bio: 'mine', version: (await profile().me()).version }),
    check: () => profile().checkUsername({ username: 'neo' }),
    claim: () => profile().claimUsername({ username: 'neo' }),
    'a session look-up': lookUpSession,
    'a transaction': () => database.prisma.$transaction((tx) => tx.profile.findMany()),
  }

  const ending = (call: () => Promise<unknown>) => call().then(() => 'answered', kindOf)
  const kindOf = (error: object) => failureOf(error).kind

  /** Has each connection of the pool prepare what a call runs. */
  async function warm(call: () => Promise<unknown>): Promise<void> {
    const tables = 'LOCK TABLE profiles, usernames, sessions IN ACCESS EXCLUSIVE MODE'
    const held = await lock(database, tables)
    const running = []
    // One after the other, since Prisma makes one query of those that it is asked for at once.
    while (running.length < poolSize) {
      running.push(ending(call))
      await held.waiting(running.length)
    }
    await held.release()
    await Promise.all(running)
  }
  const migrate = () => onServer(urlOf(database.location), migration('text', 'varchar'))
  // As the names of types are printed, not written.
  const migrateBack = () => onServer(urlOf(database.location), migration('character varying', 'text'))

  test.each(Object.entries(calls))('%s goes on', async (_, call) => {
    await warm(call)
    await migrate()
    const ends = []
    while (ends.length < poolSize + 5) ends.push(await ending(call))
    await migrateBack()
    expect(ends).toEqual(Array(poolSize + 5).fill('answered'))
  })

  test('a crowd goes on', async () => {
    await warm(lookUpSession)
    await migrate()
    const ends = await Promise.all(Array.from({ length: 50 }, () => ending(lookUpSession)))
    await migrateBack()
    expect(ends).toEqual(Array(50).fill('answered'))
  })
})
