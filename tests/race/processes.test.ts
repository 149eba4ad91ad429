import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { authSecret, type SignedIn, signedInPeople, signInAgain } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'
import { capitals } from './capitals.ts'
import { endingOf, type Made } from './ending.ts'
import { violationsInRows } from './rows.ts'
import { count, violationsAmong } from './violations.ts'
import { freshName } from './world.ts'

describe.runIf(withPostgres).each([1, 20])('two server processes with %i connections each', (poolSize) => {
  let database: TestDatabase
  let servers: ServerProcess[] = []
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
    const settings = {
      ...settingsOf(database),
      POOL_SIZE: String(poolSize),
      AUTH_SECRET: authSecret,
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'warn',
    }
    servers = await Promise.all([startServer(settings), startServer(settings)])
    const [first] = await signedInPeople(database.prisma, 1)
    for (const { url } of servers)
      await createDibsClient({ url, token: first?.token ?? '' }).profile.me.query()
  })
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.stop()))
    await database?.close()
  })

  /** Claims over a socket of its own, through one process or the other by turns. */
  async function claim({ id, token }: SignedIn, username: string, turn: number): Promise<Made> {
    const { profile } = createDibsClient({
      url: servers[turn % servers.length]?.url ?? '',
      token,
      transport: 'single',
      retries: 0,
    })
    return { personId: id, username, ending: await endingOf(profile.claimUsername.mutate({ username })) }
  }

  async function judge(made: readonly Made[]): Promise<string[]> {
    return [...violationsAmong(made), ...(await violationsInRows(database.prisma, made))]
  }

  test.each([
    ['as one types it', (name: string) => [name]],
    ['in different capitals', capitals],
  ])('give a name to 1 of 100 people, and 99 a 409, %s', async (_, waysOf) => {
    const people = await signedInPeople(database.prisma, 100)
    const ways = waysOf(freshName('neo'))
    const made = await Promise.all(
      people.map((person, at) => claim(person, ways[at % ways.length] ?? '', Math.floor(at / 3))),
    )
    expect(await judge(made)).toEqual([])
    expect(Object.fromEntries(count(made))).toEqual({ CLAIMED: 1, USERNAME_TAKEN: 99 })
    const suggestions = made.flatMap(({ ending }) =>
      ending.kind === 'USERNAME_TAKEN' ? [ending.payload.suggestions.length] : [],
    )
    expect(suggestions).toEqual(Array(99).fill(5))
  })

  test('answer one person’s 20 claims of a name alike, from two sign-ins', async () => {
    const [once] = await signedInPeople(database.prisma, 1)
    const sessions = await signInAgain(database.prisma, Array(20).fill(once?.id))
    const name = freshName('trinity')
    const made = await Promise.all(sessions.map((session, at) => claim(session, name, at)))
    expect(await judge(made)).toEqual([])
    const answers = made.map(({ ending }) => ending)
    expect(answers).toEqual(Array(20).fill(answers[0]))
  })

  test('give one person who claims 6 names at once each of them, and one of them in the end', async () => {
    const people = await signedInPeople(database.prisma, 1)
    const made = await Promise.all(
      [0, 1, 2, 3, 4, 5].flatMap((at) => people.map((person) => claim(person, freshName(`tab${at}`), at))),
    )
    expect(await judge(made)).toEqual([])
  })

  test('have had nothing to complain about', () => {
    expect(servers.map((server) => server.output().match(/"level":(50|60)/))).toEqual([null, null])
  })
})
