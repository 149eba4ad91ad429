import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { personHeader } from '../../shared/wire.ts'
import { appOn, type Member, password, post, query, signUp } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'

const ways = ['browser', 'program'] as const

describe.each(engines)('a request about an account that says whose it is, on %s,', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let alice: Member
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    alice = await signUp(app)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const ask = (path: string, body: object, headers: Member['browser'] | Member['program'], meant: string) =>
    post(app, `/api/auth/${path}`, body, { ...headers, [personHeader]: meant })
  const sessionsOf = ({ id }: Member) => database.prisma.session.count({ where: { userId: id } })

  test.each(ways)('of a %s deletes and signs out nobody but them', async (way) => {
    const carol = await signUp(app)
    for (const meant of [alice.id, '', `${carol.id}, ${carol.id}`, '%']) {
      for (const [path, body] of [
        ['delete-user', { password }],
        ['sign-out', {}],
        ['update-user', { name: 'Alice' }],
      ] as const) {
        const answer = await ask(path, body, carol[way], meant)
        expectRefusal(answer, 401, 'SIGNED_OUT')
        expect(answer.headers['set-cookie']).toBeUndefined()
      }
    }
    expect(await sessionsOf(carol)).toBe(1)
    const me = await app.inject({ url: query('profile.me'), headers: carol[way] })
    expect(me.statusCode).toBe(200)
  })

  test.each(ways)('of a %s is done for them', async (way) => {
    const carol = await signUp(app)
    expect((await ask('sign-out', {}, carol[way], carol.id)).statusCode).toBe(200)
    expect(await sessionsOf(carol)).toBe(0)
    const dave = await signUp(app)
    const encoded = dave.id.replaceAll('-', '%2d')
    expect((await ask('delete-user', { password }, dave[way], encoded)).statusCode).toBe(200)
    expect(await database.prisma.user.count({ where: { id: dave.id } })).toBe(0)
  })

  test('tells nothing of somebody else', async () => {
    const carol = await signUp(app)
    const headers = { ...carol.browser, [personHeader]: alice.id }
    expectRefusal(await app.inject({ url: '/api/auth/get-session', headers }), 401, 'SIGNED_OUT')
  })

  test('by nobody is nobody’s, to sign in with and to sign out', async () => {
    const carol = await signUp(app)
    expect((await ask('sign-out', {}, carol.browser, carol.id)).statusCode).toBe(200)
    expect((await ask('sign-out', {}, carol.browser, carol.id)).statusCode).toBe(200)
    expect((await ask('delete-user', { password }, carol.browser, carol.id)).statusCode).toBe(401)
    const credentials = { email: carol.email, password }
    expect((await ask('sign-in/email', credentials, carol.browser, carol.id)).statusCode).toBe(200)
  })
})

test('a request about an account waits for the database to tell whose it is', async () => {
  const database = await openTestDatabase('embedded')
  const app = await appOn(database)
  const member = await signUp(app)
  await database.close()
  const headers = { ...member.browser, [personHeader]: member.id }
  for (const path of ['sign-out', 'delete-user']) {
    expectRefusal(await post(app, `/api/auth/${path}`, { password }, headers), 503, 'UNAVAILABLE')
  }
  await app.close()
})
