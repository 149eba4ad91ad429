import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { version } from 'uuid'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appOn, cookieOf, home, type Member, password, post, query, signUp } from '../http/app.ts'
import { expectNoInternals, expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { whileRefusing } from '../support/refusing.ts'

describe.each(engines)('somebody on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const auth = (path: string, payload: object, headers: Record<string, string> = { origin: home }) =>
    app.inject({ method: 'POST', url: `/api/auth/${path}`, headers, payload })
  const me = (headers: Record<string, string>) => app.inject({ url: query('profile.me'), headers })
  const claim = (headers: Record<string, string>, username: string) =>
    post(app, '/trpc/profile.claimUsername', { username }, headers)

  test('who signs up is signed in by a cookie that scripts cannot read', async () => {
    const answer = await auth('sign-up/email', { email: 'new@people.example', password, name: 'New Person' })
    expect(answer.statusCode).toBe(200)
    const [cookie] = [answer.headers['set-cookie']].flat()
    expect(cookie).toMatch(/^dibs\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax$/)
    const answered = await me({ cookie: cookieOf(answer) })
    expect(answered.json().result.data).toMatchObject({ displayName: 'New Person', username: null })
  })

  test('has an id that sorts by when they signed up', async () => {
    const ids: string[] = []
    for (const at of [1, 2, 3, 4, 5]) {
      const email = `in-order-${at}@people.example`
      ids.push((await auth('sign-up/email', { email, password, name: 'N' })).json().user.id)
    }
    expect(ids.map(version)).toEqual([7, 7, 7, 7, 7])
    expect(ids.toSorted()).toEqual(ids)
  })

  test('behind https gets a cookie that is sent over https only', async () => {
    const secure = await appOn(database, { settings: { publicUrl: 'https://dibs.example' } })
    const answer = await secure.inject({
      method: 'POST',
      url: '/api/auth/sign-up/email',
      headers: { origin: 'https://dibs.example' },
      payload: { email: 'secure@people.example', password, name: 'S' },
    })
    expect(String(answer.headers['set-cookie'])).toMatch(
      /^__Secure-dibs\.session_token=[^;]+; Max-Age=604800; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    const headers = { cookie: cookieOf(answer) }
    expect((await secure.inject({ url: query('profile.me'), headers })).statusCode).toBe(200)
    await secure.close()
  })

  test('who signs in claims by cookie, and by the bearer token that came along', async () => {
    const { email } = await signUp(app)
    const answer = await auth('sign-in/email', { email, password })
    expect(answer.statusCode).toBe(200)
    const json = { 'content-type': 'application/json' }
    const byCookie = await claim({ ...json, origin: home, cookie: cookieOf(answer) }, `${engine}-by-cookie`)
    expect(byCookie.json().result.data.key).toBe(`${engine}-by-cookie`)
    const authorization = `Bearer ${answer.headers['set-auth-token']}`
    const byToken = await claim({ ...json, authorization }, `${engine}-by-token`)
    expect(byToken.json().result.data.previous).toBe(`${engine}-by-cookie`)
  })

  test('who signs out is signed out, by cookie and by token', async () => {
    const member = await signUp(app)
    expect((await me(member.browser)).statusCode).toBe(200)
    expect((await auth('sign-out', {}, member.browser)).statusCode).toBe(200)
    for (const headers of [member.browser, member.program]) {
      expectRefusal(await me(headers), 401, 'SIGNED_OUT')
      expectRefusal(await claim(headers, 'signed-out'), 401, 'SIGNED_OUT')
    }
    expect(await database.prisma.username.findUnique({ where: { key: 'signed-out' } })).toBeNull()
  })

  test('whose session the database does not let go of is not told that they signed out', async () => {
    const logged: Record<string, unknown>[] = []
    const log = pino({ level: 'error' }, { write: (line) => void logged.push(JSON.parse(line)) })
    const watched = await appOn(database, { log })
    const member = await signUp(watched)
    const answer = await whileRefusing(database, 'DELETE ON sessions', 'raise_exception', () =>
      post(watched, '/api/auth/sign-out', {}, member.browser),
    )
    const { requestId } = expectRefusal(answer, 500, 'UNEXPECTED')
    expect(answer.headers).not.toHaveProperty('set-cookie')
    expect(logged).toMatchObject([
      { reqId: requestId, err: { stack: expect.stringContaining('raise_exception') } },
    ])
    expect((await me(member.browser)).statusCode).toBe(200)
    expect((await post(watched, '/api/auth/sign-out', {}, member.browser)).statusCode).toBe(200)
    expectRefusal(await me(member.browser), 401, 'SIGNED_OUT')
    await watched.close()
  })

  test('whose session has expired is signed out', async () => {
    const member = await signUp(app)
    await database.prisma.session.updateMany({
      where: { userId: member.id },
      data: { expiresAt: new Date(Date.now() - 1000) },
    })
    expectRefusal(await me(member.browser), 401, 'SIGNED_OUT')
    expectRefusal(await claim(member.program, 'expired'), 401, 'SIGNED_OUT')
  })

  test.each([
    ['a wrong password', (member: Member) => ({ email: member.email, password: 'wrong horse battery' })],
    ['an address that nobody has', () => ({ email: 'nobody@people.example', password })],
    ['an empty password', (member: Member) => ({ email: member.email, password: '' })],
  ])('with %s is not let in, and not told which of the two is wrong', async (_what, attempt) => {
    const answer = await auth('sign-in/email', attempt(await signUp(app)))
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toEqual({ code: 'INVALID_EMAIL_OR_PASSWORD', message: 'Invalid email or password' })
    expect(answer.headers['set-cookie'] ?? []).toEqual([])
  })

  test.each([
    'Bearer',
    'Bearer x',
    'Bearer a.b',
    'Bearer %00',
    'Basic YTpi',
    `Bearer ${'x'.repeat(8000)}`,
    'Bearer \u00ff',
  ])('with the authorization %j is nobody', async (authorization) => {
    expectRefusal(await me({ authorization }), 401, 'SIGNED_OUT')
  })

  test.each(['x', '%zz', '%00.%00', 'a.b', 'x'.repeat(8000)])(
    'with the cookie %j is nobody',
    async (value) => {
      expectRefusal(await me({ cookie: `dibs.session_token=${value}` }), 401, 'SIGNED_OUT')
    },
  )

  test('who tampers with the session is nobody', async () => {
    const member = await signUp(app)
    const other = await signUp(app)
    const [token = ''] = member.browser.cookie.split('.').slice(1)
    const [, , signature = ''] = other.browser.cookie.split('.')
    expectRefusal(await me({ cookie: `dibs.${token}.${signature}` }), 401, 'SIGNED_OUT')
  })

  test('may use any name of this machine while the public address is a loopback one', async () => {
    for (const [at, host] of ['localhost', '127.0.0.1', '[::1]'].entries()) {
      const member = await signUp(app, `http://${host}:3000`)
      const headers = { ...member.browser, host: `${host}:3000`, 'sec-fetch-site': 'same-origin' }
      expect((await claim(headers, `${engine}-alias-${at}`)).statusCode).toBe(200)
      expect((await auth('sign-out', {}, headers)).statusCode).toBe(200)
    }
  })

  test('may use no other name where the public address is not a loopback one', async () => {
    const elsewhere = await appOn(database, { settings: { publicUrl: 'https://dibs.example' } })
    for (const origin of ['http://localhost', 'http://localhost:3000', 'http://dibs.example']) {
      const payload = { email: 'elsewhere@people.example', password, name: 'E' }
      const headers = { origin }
      const answer = await elsewhere.inject({
        method: 'POST',
        url: '/api/auth/sign-up/email',
        headers,
        payload,
      })
      expectRefusal(answer, 403, 'FORBIDDEN')
    }
    await elsewhere.close()
  })

  test('who signs up with an address at the same moment as others is the one, or told so', async () => {
    const payload = { email: 'raced@people.example', password, name: 'Raced' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => auth('sign-up/email', payload)))
    const lost = answers.filter(({ statusCode }) => statusCode !== 200)
    expect(lost).toHaveLength(7)
    const later = await auth('sign-up/email', payload)
    for (const answer of [...lost, later]) {
      expect(answer.statusCode).toBe(422)
      expect(answer.json()).toEqual({
        code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
        message: 'User already exists. Use another email.',
      })
      expect(answer.body).not.toMatch(/username/i)
      expectNoInternals(answer)
    }
    expect(await database.prisma.user.count({ where: { email: payload.email } })).toBe(1)
    expect((await auth('sign-in/email', { email: payload.email, password })).statusCode).toBe(200)
  })
})
