import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn, friend, home, type Member, post, query, signUp, stranger } from './app.ts'
import { expectNoInternals, expectRefusal } from './refusal.ts'

describe.each(engines)('a page on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })
  beforeEach(async () => {
    member = await signUp(app)
  })

  const claim = (headers: Record<string, string>) =>
    post(app, '/trpc/profile.claimUsername', { username: 'page-name' }, headers)
  const rows = () => database.prisma.username.findMany({ where: { key: 'page-name' } })

  test.each([
    ['another site', { origin: stranger }],
    ['a sandboxed frame', { origin: 'null' }],
    ['another port', { origin: 'http://localhost:3001' }],
    ['the same host without TLS', { origin: 'https://localhost:3000' }],
    ['a host that ends like ours', { origin: 'http://evil-localhost:3000' }],
    ['a host that starts like ours', { origin: 'http://localhost:3000.evil.example' }],
    ['an empty origin', { origin: '' }],
    ['another site that sends no origin', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site that sends no origin', { 'sec-fetch-site': 'same-site' }],
    ['another site that says same-origin besides', { origin: stranger, 'sec-fetch-site': 'same-origin' }],
  ])('of %s may not act by the cookie', async (_what, headers) => {
    const { cookie } = member.browser
    const answer = await claim({ 'content-type': 'application/json', cookie, ...headers })
    expectRefusal(answer, 403, 'FORBIDDEN')
    expect(await rows()).toEqual([])
  })

  test.each([
    ['its own origin', { origin: home }],
    ['its own address by number', { origin: 'http://127.0.0.1:3000' }],
    ['its own address by IPv6 number', { origin: 'http://[::1]:3000' }],
    ['a front end that CORS_ORIGINS names', { origin: friend }],
    ['the address bar, without an origin', { 'sec-fetch-site': 'none' }],
    ['no browser', {}],
  ])('of %s may act by the cookie', async (_what, headers) => {
    const { cookie } = member.browser
    const answer = await claim({ 'content-type': 'application/json', cookie, ...headers })
    expect(answer.json().result.data.key).toBe('page-name')
    expect(await rows()).toMatchObject([{ ownerId: member.id }])
    await database.prisma.profile.update({ where: { id: member.id }, data: { usernameKey: null } })
    await database.prisma.username.delete({ where: { key: 'page-name' } })
  })

  test('of another site that has a bearer token needs no cookie', async () => {
    const answer = await claim({ ...member.program, origin: stranger, 'sec-fetch-site': 'cross-site' })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
    await database.prisma.profile.update({ where: { id: member.id }, data: { usernameKey: null } })
    await database.prisma.username.delete({ where: { key: 'page-name' } })
  })

  test.each([['/trpc/profile.claimUsername'], ['/api/auth/sign-in/email'], ['/nope']])(
    'of a friendly origin may ask for %s, with credentials',
    async (url) => {
      const preflight = await app.inject({
        method: 'OPTIONS',
        url,
        headers: {
          origin: friend,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,authorization,trpc-accept',
        },
      })
      expect(preflight.statusCode).toBe(204)
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': friend,
        'access-control-allow-credentials': 'true',
        'access-control-allow-headers': 'content-type,authorization,trpc-accept',
        'access-control-allow-methods': 'GET,HEAD,POST',
        'access-control-max-age': '600',
      })
      const answer = await post(app, url, {}, { origin: friend, 'content-type': 'application/json' })
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': friend,
        'access-control-expose-headers': 'x-request-id, set-auth-token, retry-after',
      })
      expect(String(answer.headers.vary).toLowerCase()).toContain('origin')
    },
  )

  test.each([stranger, 'null', home.replace('3000', '3001'), `${friend}.evil.example`])(
    'of the origin %s may read nothing',
    async (origin) => {
      const preflight = await app.inject({
        method: 'OPTIONS',
        url: '/trpc/profile.claimUsername',
        headers: { origin, 'access-control-request-method': 'POST' },
      })
      const me = await app.inject({ url: query('profile.me'), headers: { ...member.browser, origin } })
      for (const answer of [preflight, me]) {
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
        expect(String(answer.headers.vary).toLowerCase()).toContain('origin')
      }
    },
  )

  test('of another site may not sign anybody in, out or up', async () => {
    const attempts = [
      ['sign-in/email', { email: member.email, password: 'correct horse battery' }],
      [
        'sign-up/email',
        { email: 'planted@people.example', password: 'correct horse battery', name: 'Planted' },
      ],
      ['sign-out', {}],
    ] as const
    for (const [path, body] of attempts) {
      for (const headers of [{}, { cookie: member.browser.cookie }]) {
        const answer = await app.inject({
          method: 'POST',
          url: `/api/auth/${path}`,
          headers: { ...headers, origin: stranger, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
          payload: body,
        })
        expect(answer.statusCode, `${path}: ${answer.body}`).toBe(403)
        expect(answer.headers['set-cookie'] ?? []).toEqual([])
        expectNoInternals(answer)
      }
    }
    expect(await database.prisma.user.findMany({ where: { email: 'planted@people.example' } })).toEqual([])
    const me = await app.inject({ url: query('profile.me'), headers: member.browser })
    expect(me.statusCode).toBe(200)
  })
})
