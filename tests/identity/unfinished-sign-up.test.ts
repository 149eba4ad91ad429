import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appOn, home, password, signUp } from '../http/app.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { whileRefusing } from '../support/refusing.ts'

describe.each(engines)('a sign-up that was cut in the middle, on %s,', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  /** The same, when no sign-up of now can be on its way any more. */
  let later: FastifyInstance
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    later = await appOn(database, { now: () => Date.now() + 36_000 })
  })
  afterAll(async () => {
    await app?.close()
    await later?.close()
    await database?.close()
  })

  const send = (on: FastifyInstance, path: string, email: string) =>
    on.inject({
      method: 'POST',
      url: `/api/auth/${path}/email`,
      headers: { origin: home },
      payload: { email, password, name: 'Cut' },
    })
  const statusOf = async (...sent: Parameters<typeof send>) => (await send(...sent)).statusCode

  /** Signs up while the database takes no account. Answers the id of the user. */
  async function cut(email: string): Promise<string> {
    const status = await whileRefusing(database, 'INSERT ON accounts', 'query_canceled', () =>
      statusOf(app, 'sign-up', email),
    )
    expect(status).toBe(503)
    return (await database.prisma.user.findUniqueOrThrow({ where: { email } })).id
  }

  test('can be made again, and till then nobody signs in with it', async () => {
    const email = 'again@people.example'
    const id = await cut(email)
    expect(await statusOf(later, 'sign-in', email)).toBe(401)
    expect(await statusOf(later, 'sign-up', 'Again@People.example')).toBe(200)
    expect(await statusOf(app, 'sign-in', email)).toBe(200)
    expect(await database.prisma.user.count({ where: { id } })).toBe(0)
  })

  test('is not undone while it may be on its way', async () => {
    const email = 'on-its-way@people.example'
    const id = await cut(email)
    expect(await statusOf(app, 'sign-up', email)).toBe(422)
    expect(await database.prisma.user.count({ where: { id } })).toBe(1)
  })

  test('is left to whom an administrator gave something', async () => {
    const email = 'given@people.example'
    const id = await cut(email)
    await database.prisma.profile.create({ data: { id, administrator: true } })
    expect(await statusOf(later, 'sign-up', email)).toBe(422)
    expect(await database.prisma.user.count({ where: { id } })).toBe(1)
  })

  test('is not seen in anybody who has an account', async () => {
    const { id, email } = await signUp(app)
    expect(await statusOf(later, 'sign-up', email)).toBe(422)
    expect(await statusOf(later, 'sign-in', email)).toBe(200)
    expect(await database.prisma.session.count({ where: { userId: id } })).toBe(2)
  })

  test.runIf(engine === 'postgresql')(
    'is not undone, nor waited for, while its account is made',
    async () => {
      const email = 'made@people.example'
      const id = await cut(email)
      const making = await lock(
        database,
        `INSERT INTO accounts (id, user_id, account_id, provider_id, updated_at)
         VALUES ($1, $1, $1, 'credential', now())`,
        [id],
      )
      expect(await statusOf(later, 'sign-up', email).finally(making.release)).toBe(422)
      expect(await database.prisma.account.count({ where: { userId: id } })).toBe(1)
    },
  )
})
