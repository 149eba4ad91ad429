import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect } from 'vitest'
import type { EngineName } from '../../server/database/engine.ts'
import { appOn, home, type Member, password, post, query } from '../http/app.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { anyRenames } from '../support/rules.ts'

/** An app for the tests of one suite, and what people do there with their accounts. */
export function onAccounts(engine: EngineName) {
  let database: TestDatabase
  let app: FastifyInstance
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database, { settings: { nameRules: anyRenames } })
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const signIn = (email: string) =>
    post(
      app,
      '/api/auth/sign-in/email',
      { email, password },
      { origin: home, 'content-type': 'application/json' },
    )
  const personOf = (id: string) =>
    database.prisma.profile.findUnique({
      where: { id },
      include: { names: { orderBy: { claimedAt: 'asc' } } },
    })

  return {
    get app() {
      return app
    },
    get database() {
      return database
    },
    signIn,
    personOf,
    deleteAccount: (member: Member, body: object = { password }, on = app) =>
      post(on, '/api/auth/delete-user', body, member.browser),
    claim: (member: Member, username: string) =>
      post(app, '/trpc/profile.claimUsername', { username }, member.program),

    async expectThere(member: Member, username: string) {
      const me = await app.inject({ url: query('profile.me'), headers: member.browser })
      expect(me.json().result.data.username).toBe(username)
      expect((await signIn(member.email)).statusCode).toBe(200)
    },

    async expectGone({ id, email }: Member) {
      expect(await database.prisma.user.count({ where: { OR: [{ id }, { email }] } })).toBe(0)
      expect(await database.prisma.session.count({ where: { userId: id } })).toBe(0)
      expect(await database.prisma.account.count({ where: { userId: id } })).toBe(0)
      const { names: _, ...left } = (await personOf(id)) ?? {}
      expect(left).toEqual({
        id,
        usernameKey: null,
        displayName: '',
        bio: '',
        pronouns: '',
        role: '',
        company: '',
        accentColour: null,
        version: expect.any(Number),
        renamedAt: expect.any(Array),
        firstChangeId: expect.toSatisfy((change) => change === null || typeof change === 'bigint'),
        administrator: false,
        forgottenAt: expect.any(Date),
        createdAt: expect.any(Date),
        updatedAt: expect.any(Date),
      })
    },
  }
}
