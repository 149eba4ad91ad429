import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuth } from '../../server/identity/auth.ts'
import { appOn, home, type Member, password, post, query, signUp } from '../http/app.ts'
import { expectNoInternals, expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, silent, type TestDatabase } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import { authSecret } from '../support/sessions.ts'

const json = { 'content-type': 'application/json' }

describe.each(engines)('the authentication routes on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    member = await signUp(app)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const signUpAs = (fields: string) =>
    `{"email":"hostile@people.example","password":"another horse battery","name":"Hostile",${fields}}`

  const bodies = [
    ['not JSON', '{'],
    ['null', 'null'],
    ['a number', '5'],
    ['a list', '[[]]'],
    ['nothing', '{}'],
    ['other types', '{"email":5,"password":{},"name":[],"token":{"not":""},"newPassword":true}'],
    ['conditions for texts', '{"email":{"contains":"@"},"password":{"not":""},"name":{"set":"x"}}'],
    ['a NUL in an address', signUpAs('"email":"ho\\u0000stile@people.example"')],
    ['a NUL in a name', signUpAs('"name":"a\\u0000"')],
    ['half a surrogate pair', signUpAs('"name":"\\ud800"')],
    ['an escaped half of a pair', signUpAs('"image":"\\\\\\uDFFF"')],
    [
      'an address as long as a book',
      signUpAs(`"email":"${randomBytes(6000).toString('hex')}@people.example"`),
    ],
    ['a password as long as a book', signUpAs(`"password":"${'x'.repeat(20_000)}"`)],
    ['a short password', signUpAs('"password":"short"')],
    ['a picture that is no text', signUpAs('"image":{"url":"x"}')],
    ['a way to another site', signUpAs('"callbackURL":"https://stranger.example"')],
    ['a way that is no text', signUpAs('"callbackURL":{"toString":1}')],
    ['deep nesting', `{"email":${'['.repeat(12_000)}${']'.repeat(12_000)}}`],
  ] as const

  test.each(bodies)('refuse %s everywhere', async (_what, body) => {
    for (const path of [
      'sign-up/email',
      'sign-in/email',
      'change-password',
      'delete-user',
      'verify-password',
      'reset-password',
      'revoke-session',
      'sign-in/social',
    ]) {
      const answer = await post(app, `/api/auth/${path}`, body, member.browser)
      expect(answer.statusCode, `${path}: ${answer.body}`).toBeGreaterThanOrEqual(400)
      expect(answer.statusCode, `${path}: ${answer.body}`).toBeLessThan(500)
      expectNoInternals(answer)
    }
    expect(await database.prisma.user.count()).toBe(1)
  })

  test.each(['{"name":5}', '{"name":{"set":"x"}}', '{"image":5}', '{"image":{"set":"x"}}', '{"name":null}'])(
    'change nobody to %s',
    async (body) => {
      const answer = await post(app, '/api/auth/update-user', body, member.browser)
      expect(answer.statusCode, answer.body).toBe(400)
      expectNoInternals(answer)
      expect(await database.prisma.user.findFirst({ select: { name: true, image: true } })).toEqual({
        name: expect.stringMatching(/^Member/),
        image: null,
      })
    },
  )

  test('take no token without its signature, which the database has', async () => {
    const [session] = await database.prisma.session.findMany({ where: { userId: member.id } })
    const headers = { authorization: `Bearer ${session?.token}` }
    expectRefusal(await app.inject({ url: query('profile.me'), headers }), 401, 'SIGNED_OUT')
    const signed = await app.inject({ url: query('profile.me'), headers: member.program })
    expect(signed.statusCode).toBe(200)
  })

  test('lead to the app where they would show a page of their own', async () => {
    const answer = await app.inject({ url: '/api/auth/error?error=<script>' })
    expect(answer.statusCode).toBe(302)
    expect(answer.headers.location).toMatch(new RegExp(`^${home}/?\\?error=`))
  })

  test.each(['/\u20ac', `${home}/\u0001`, '/\u00e4', '/\n', '/a b'])(
    'sign nobody in who wants to be led to %j, which is no URL',
    async (callbackURL) => {
      const before = await database.prisma.session.count()
      const payload = { email: member.email, password, callbackURL }
      for (const path of ['sign-in/email', `sign-in/email?callbackURL=/`]) {
        const answer = await post(app, `/api/auth/${path}`, payload, { ...json, origin: home })
        expect([answer.statusCode, answer.json().code]).toEqual([403, 'INVALID_CALLBACK_URL'])
      }
      const url = `/api/auth/verify-email?token=x&callbackURL=${encodeURIComponent(callbackURL)}`
      const led = await app.inject({ url })
      expect([led.statusCode, led.json().code]).toEqual([403, 'INVALID_CALLBACK_URL'])
      expect(await database.prisma.session.count()).toBe(before)
    },
  )

  test('take nothing from a sign-up that is not for the person to decide', async () => {
    const fields =
      '"email":"chosen@people.example","id":"chosen","emailVerified":true,"role":"admin","__proto__":{"role":"admin"},"constructor":{"prototype":{"role":"admin"}}'
    const answer = await post(app, '/api/auth/sign-up/email', signUpAs(fields), { ...json, origin: home })
    expect(answer.statusCode).toBe(200)
    const [row] = await database.prisma.user.findMany({ where: { email: 'chosen@people.example' } })
    expect(row).toMatchObject({ emailVerified: false })
    expect(row?.id).not.toBe('chosen')
    expect(Object.prototype).not.toHaveProperty('role')
    await database.prisma.user.delete({ where: { email: 'chosen@people.example' } })
  })

  test('make a display name of whatever somebody calls themselves', async () => {
    const name = `\u001b[31m${'\u{1f600}'.repeat(1000)}\u0007`
    const payload = { email: 'named@people.example', password, name }
    const answer = await post(app, '/api/auth/sign-up/email', payload, { ...json, origin: home })
    const headers = { ...json, authorization: `Bearer ${answer.headers['set-auth-token']}` }
    expect(
      (await post(app, '/trpc/profile.claimUsername', { username: `${engine}-named` }, headers)).statusCode,
    ).toBe(200)
    const profile = (await app.inject({ url: query('profile.get', { username: `${engine}-named` }) })).json()
      .result.data
    expect(profile.displayName).toBe(`[31m${'\u{1f600}'.repeat(38)}`)
    const { version } = (await app.inject({ url: query('profile.me'), headers })).json().result.data
    const edit = await post(
      app,
      '/trpc/profile.update',
      { version, displayName: profile.displayName },
      headers,
    )
    expect(edit.statusCode).toBe(200)
    await database.prisma.user.delete({ where: { email: 'named@people.example' } })
  })

  test.each(['multipart/form-data; boundary=x', 'text/plain', 'application/x-www-form-urlencoded'])(
    'take no %s',
    async (type) => {
      const body = JSON.stringify({ email: member.email, password })
      const answer = await post(app, '/api/auth/sign-in/email', body, { 'content-type': type, origin: home })
      expectRefusal(answer, 415, 'INVALID_INPUT')
      expect(answer.headers).not.toHaveProperty('set-cookie')
    },
  )

  test('take no more than 32 KiB', async () => {
    const answer = await post(app, '/api/auth/sign-up/email', signUpAs(`"x":"${'x'.repeat(33_000)}"`), {
      ...json,
      origin: home,
    })
    expectRefusal(answer, 413, 'INVALID_INPUT')
  })

  test.each([
    'verify-email?token=%00',
    'reset-password/%00?callbackURL=/x',
    'reset-password/x?callbackURL=https://stranger.example',
    'reset-password/x?callbackURL=//stranger.example',
    'account-info?accountId=%00',
    'delete-user/callback?token=x',
    '__proto__',
    'constructor',
    'get-session/x',
    'sign-in/email',
    'verify-email?token=%ff',
    'callback/__proto__?state=%00',
  ])('refuse GET %s', async (path) => {
    const answer = await app.inject({ url: `/api/auth/${path}`, headers: member.browser })
    expect(answer.statusCode, answer.body).toBeGreaterThanOrEqual(400)
    expect(answer.statusCode, answer.body).toBeLessThan(500)
    expectNoInternals(answer)
  })

  test.each([
    ['a word', 'nowhere'],
    ['7000 random digits', randomBytes(3500).toString('hex')],
    ['7000 random digits for a parameter', `reset-password/${randomBytes(3500).toString('hex')}`],
    ['another spelling', 'Sign-In/email'],
    ['an escaped spelling', 'sign%2Din/email'],
  ])('say that there is no such route as %s', async (_what, path) => {
    const limited = await appOn(database, { settings: { rateLimits: true } })
    expectRefusal(await limited.inject({ url: `/api/auth/${path}` }), 404, 'NOT_FOUND')
    expectRefusal(await post(limited, `/api/auth/${path}`, '{}', member.browser), 404, 'NOT_FOUND')
    await limited.close()
  })

  test('keep no account of requests for what is not there', async () => {
    const limited = await appOn(database, { settings: { rateLimits: true } })
    await limited.inject({ url: '/api/auth/get-session' })
    const before = await database.prisma.rateLimit.count()
    expect(before).toBeGreaterThan(0)
    for (const above of ['', 'callback/', 'reset-password/', 'get-session/']) {
      for (let at = 0; at < 75; at++) {
        await limited.inject({ url: `/api/auth/${above}${randomBytes(8).toString('hex')}` })
      }
    }
    expect(await database.prisma.rateLimit.count()).toBe(before)
    await limited.close()
  })

  test('are all those of better-auth but for what needs mails or providers', async () => {
    const { paths } = createAuth({
      prisma: database.prisma,
      secret: authSecret,
      publicUrl: home,
      origins: new Set(),
      rateLimits: false,
      rules: usualRules,
      announce() {},
      log: silent,
      now: Date.now,
      ownProcess: false,
    })
    for (const path of ['/sign-up/email', '/sign-in/email', '/sign-out', '/get-session', '/delete-user'])
      expect(paths).toContain(path)
    expect([...paths].filter((path) => !/^(\/[a-z-]+)+$/.test(path))).toEqual([])
  })

  test('do not ask which address is theirs of whoever asks', async () => {
    const headers = {
      ...member.program,
      host: 'stranger.example',
      'x-forwarded-host': 'stranger.example',
      'x-forwarded-proto': 'https',
    }
    const lead = (callbackURL: string) =>
      app.inject({ url: `/api/auth/verify-email?token=x&callbackURL=${callbackURL}`, headers })
    const answer = await lead('/here')
    expect(answer.statusCode).toBe(302)
    expect(answer.headers.location).toBe('/here?error=INVALID_TOKEN')
    expect((await lead(`${home}/here`)).statusCode).toBe(302)
    expect((await lead('https://stranger.example/here')).statusCode).toBe(403)
  })
})
