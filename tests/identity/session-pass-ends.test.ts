import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { appOn, cookieOf, home, type Member, password, post, query, signUp } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aPass, me, passing } from './passing.ts'

const json = { 'content-type': 'application/json', origin: home }

const gone = (name: string) =>
  expect.stringMatching(`^dibs.${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax$`)

describe.each(engines)('who is signed in by a pass on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
  })
  // The clock stands still, so that nothing takes too long.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const claim = (cookie: string, username: string) =>
    post(app, '/trpc/profile.claimUsername', { username }, { ...json, cookie })

  /** Ends their sessions as another process does. */
  const endElsewhere = ({ id }: Member) => database.prisma.session.deleteMany({ where: { userId: id } })
  const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

  test('and whose session ends elsewhere is signed out within ten seconds', async () => {
    const { member, both } = await passing(app)
    await endElsewhere(member)
    expect((await me(app, both)).statusCode).toBe(200)
    later(10_000)
    const answer = await me(app, both)
    expectRefusal(answer, 401, 'SIGNED_OUT')
    expect(answer.headers).not.toHaveProperty('set-cookie')
    expectRefusal(await claim(both, 'ended'), 401, 'SIGNED_OUT')
    expect(await database.prisma.username.findUnique({ where: { key: 'ended' } })).toBeNull()
  })

  test('is looked up again, and given another pass, when it is ten seconds old', async () => {
    const { both } = await passing(app)
    later(10_000)
    const answer = await me(app, both)
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['set-cookie']).toMatch(aPass)
  })

  test('has no pass for longer than their session', async () => {
    const member = await signUp(app)
    const { cookie } = member.browser
    const data = { expiresAt: new Date(Date.now() + 3000) }
    await database.prisma.session.updateMany({ where: { userId: member.id }, data })
    const answer = await me(app, cookie)
    expect(aPass.exec(String(answer.headers['set-cookie']))?.[1]).toBe('3')
    const both = `${cookie}; ${cookieOf(answer)}`
    expect((await me(app, both)).statusCode).toBe(200)
    // At that moment itself it is not over yet.
    later(3001)
    expectRefusal(await me(app, both), 401, 'SIGNED_OUT')
  })

  test('has no pass for longer because the clock was put back', async () => {
    const { member, both } = await passing(app)
    expect((await me(app, both)).statusCode).toBe(200)
    await endElsewhere(member)
    later(-60_000)
    expectRefusal(await me(app, both), 401, 'SIGNED_OUT')
  })

  test('passes at each process with the same secret, and is looked up at others', async () => {
    const { member, both } = await passing(app)
    await endElsewhere(member)
    const twin = await appOn(database)
    expect((await me(twin, both)).statusCode).toBe(200)
    await twin.close()
    const other = await appOn(database, { authSecret: 'Wq3nC5uYx0pKd8sJm2wRz7tLb4hGf6aE' })
    expectRefusal(await me(other, both), 401, 'SIGNED_OUT')
    await other.close()
  })

  test('and signs out is signed out at once in that browser, and within ten seconds everywhere', async () => {
    const { session, pass, both } = await passing(app)
    const answer = await post(app, '/api/auth/sign-out', {}, { ...json, cookie: both })
    expect(answer.statusCode).toBe(200)
    for (const name of ['session_token', 'session_pass']) {
      expect(answer.headers['set-cookie']).toContainEqual(gone(name))
    }
    for (const cookie of [session, pass]) expectRefusal(await me(app, cookie), 401, 'SIGNED_OUT')
    const asked = await app.inject({ url: '/api/auth/get-session', headers: { cookie: both } })
    expect(asked.json()).toBeNull()
    const update = await post(app, '/api/auth/update-user', { name: 'X' }, { ...json, cookie: both })
    expect(update.statusCode).toBe(401)
    expect((await me(app, both)).statusCode).toBe(200)
    later(10_000)
    expectRefusal(await me(app, both), 401, 'SIGNED_OUT')
  })

  test('and deletes the account leaves a copy of the cookies nothing to change', async () => {
    const { member, session, pass, both } = await passing(app)
    const username = freshName('deleted')
    await claim(both, username)
    const answer = await post(app, '/api/auth/delete-user', { password }, { ...json, cookie: both })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['set-cookie']).toContainEqual(gone('session_pass'))
    for (const cookie of [session, pass]) expectRefusal(await me(app, cookie), 401, 'SIGNED_OUT')

    const mutate = (path: string, input: object) =>
      post(app, `/trpc/profile.${path}`, input, { ...json, cookie: both })
    expectRefusal(await mutate('claimUsername', { username: freshName('late') }), 401, 'SIGNED_OUT')
    expectRefusal(await mutate('releaseUsername', {}), 401, 'SIGNED_OUT')
    expectRefusal(await mutate('update', { version: 0, bio: 'Back' }), 401, 'SIGNED_OUT')
    expectRefusal(await me(app, both), 401, 'SIGNED_OUT')
    const history = await app.inject({ url: query('profile.usernameHistory', {}), headers: { cookie: both } })
    expectRefusal(history, 401, 'SIGNED_OUT')
    const names = await database.prisma.username.findMany({ where: { ownerId: member.id } })
    expect(names.map(({ display, heldUntil }) => [display, heldUntil])).toEqual([
      [username, expect.any(Date)],
    ])
    later(10_000)
    expectRefusal(await me(app, both), 401, 'SIGNED_OUT')
  })

  test('and changes their name is called by it at once in that browser', async () => {
    const { session, both } = await passing(app)
    const answer = await post(app, '/api/auth/update-user', { name: 'Renamed' }, { ...json, cookie: both })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers['set-cookie']).toContainEqual(gone('session_pass'))
    expect((await me(app, session)).json().result.data.displayName).toBe('Renamed')
  })

  test('and signs in as somebody else is that one', async () => {
    const { both, pass } = await passing(app)
    const other = await signUp(app)
    const { email } = other
    const answer = await post(app, '/api/auth/sign-in/email', { email, password }, { ...json, cookie: both })
    const [session = ''] = cookieOf(answer)
      .split('; ')
      .filter((one) => one.startsWith('dibs.session_token='))
    const found = await me(app, `${session}; ${pass}`)
    expect(found.json().result.data.displayName).toMatch(/^Member \d+$/)
    expect(found.json()).toEqual((await me(app, other.browser.cookie)).json())
  })
})
