import type { FastifyInstance } from 'fastify'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../../client/failure.ts'
import { createDibsClient } from '../../client/index.ts'
import { networkOf } from '../../server/http/network.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn, friend, home, type Member, password, post, query, signUp } from './app.ts'
import { expectNoInternals, expectRefusal } from './refusal.ts'

describe.each(engines)('limits on %s', (engine) => {
  const databases: TestDatabase[] = []
  const apps: FastifyInstance[] = []
  let database: TestDatabase
  afterAll(async () => {
    for (const app of apps) await app.close()
    for (const one of databases) await one.close()
  })
  async function limited(settings: { trustProxy?: number; rateLimits?: boolean } = {}) {
    const app = await appOn(database, { settings: { rateLimits: true, ...settings } })
    apps.push(app)
    return app
  }
  beforeEach(async () => {
    database = databases[0] ?? (await openTestDatabase(engine))
    if (databases.length === 0) databases.push(database)
    await database.prisma.rateLimit.deleteMany()
  })

  const check = (app: FastifyInstance, remoteAddress: string, headers = {}) =>
    app.inject({ url: query('profile.checkUsername', { username: 'limited' }), remoteAddress, headers })
  const checks = (app: FastifyInstance, howMany: number, remoteAddress: string) =>
    Promise.all(Array.from({ length: howMany }, () => check(app, remoteAddress)))
  const claims = (app: FastifyInstance, member: Member, howMany: number) =>
    Promise.all(
      Array.from({ length: howMany }, (_, at) =>
        post(app, '/trpc/profile.claimUsername', { username: `${engine}-${at % 2}` }, member.program),
      ),
    )
  const statuses = (answers: { statusCode: number }[]) => answers.map(({ statusCode }) => statusCode)

  test('let an address check 120 names a minute, and tell it when to go on', async () => {
    const app = await limited()
    expect(statuses(await checks(app, 120, '192.0.2.1'))).toEqual(Array(120).fill(200))
    const refused = await check(app, '192.0.2.1', { origin: friend })
    const { retryAfterMs } = expectRefusal(refused, 429, 'RATE_LIMITED').payload
    expect(retryAfterMs).toBeGreaterThan(0)
    expect(retryAfterMs).toBeLessThanOrEqual(60_000)
    expect(Number(refused.headers['retry-after'])).toBe(Math.ceil(retryAfterMs / 1000))
    expect(refused.headers['access-control-expose-headers']).toContain('retry-after')
    expect((await check(app, '192.0.2.2')).statusCode).toBe(200)
  })

  test('count a batch by its calls', async () => {
    const app = await limited()
    const path = Array(20).fill('profile.checkUsername').join(',')
    const input = JSON.stringify(
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [at, { username: 'batched' }])),
    )
    const url = `/trpc/${path}?batch=1&input=${encodeURIComponent(input)}`
    for (let at = 0; at < 6; at++) expect((await app.inject({ url })).statusCode).toBe(200)
    const refused = await app.inject({ url })
    expectRefusal(refused, 429, 'RATE_LIMITED')
    expect(refused.json()).toHaveLength(20)
  })

  test('let a person claim 30 times a minute, from wherever', async () => {
    const app = await limited()
    const member = await signUp(app)
    const other = await signUp(app)
    expect(statuses(await claims(app, member, 30))).toEqual(Array(30).fill(200))
    const [refused] = await claims(app, member, 1)
    expectRefusal(refused ?? expect.fail(), 429, 'RATE_LIMITED')
    const elsewhere = await app.inject({
      method: 'POST',
      url: '/trpc/profile.claimUsername',
      headers: member.program,
      payload: { username: 'elsewhere' },
      remoteAddress: '192.0.2.77',
    })
    expectRefusal(elsewhere, 429, 'RATE_LIMITED')
    expect(statuses(await claims(app, other, 1))).toEqual([409])
  })

  test('are told to the typed client in the words it knows', async () => {
    const app = await limited()
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    await checks(app, 120, '127.0.0.1')
    for (const transport of ['single', 'batch', 'stream'] as const) {
      const error = await createDibsClient({ url, transport })
        .profile.checkUsername.query({ username: 'limited' })
        .catch((error) => error)
      expect(failureOf(error)).toMatchObject({
        kind: 'RATE_LIMITED',
        payload: { retryAfterMs: expect.any(Number) },
      })
    }
  })

  test.each(['x-forwarded-for', 'forwarded', 'x-real-ip', 'x-dibs-address', 'cf-connecting-ip'])(
    'are not dodged by saying to come from elsewhere in %s',
    async (header) => {
      const app = await limited()
      await checks(app, 120, '192.0.2.3')
      expectRefusal(await check(app, '192.0.2.3', { [header]: '198.51.100.1' }), 429, 'RATE_LIMITED')
    },
  )

  test('believe X-Forwarded-For of as many proxies as there are, and no further', async () => {
    const app = await limited({ trustProxy: 1 })
    const forwarded = (list: string) => check(app, '10.0.0.1', { 'x-forwarded-for': list })
    await Promise.all(Array.from({ length: 120 }, () => forwarded('192.0.2.4')))
    expectRefusal(await forwarded('192.0.2.4'), 429, 'RATE_LIMITED')
    expectRefusal(await forwarded('198.51.100.1, 192.0.2.4'), 429, 'RATE_LIMITED')
    expect((await forwarded('192.0.2.5')).statusCode).toBe(200)
  })

  test('count the addresses of one IPv6 network as one', async () => {
    const app = await limited()
    await checks(app, 60, '2001:db8:1:2::1')
    await checks(app, 60, '2001:db8:1:2:ffff::1')
    expectRefusal(await check(app, '2001:db8:1:2:aaaa:bbbb:cccc:dddd'), 429, 'RATE_LIMITED')
    expect((await check(app, '2001:db8:1:3::1')).statusCode).toBe(200)
  })

  test.each([
    ['192.0.2.9:4711', '192.0.2.9'],
    ['::ffff:192.0.2.9', '192.0.2.9'],
    ['[2001:db8::1]:4711', '2001:db8::/64'],
    ['[2001:db8::1]', '2001:db8::/64'],
  ])('count %s, as some proxies write it, as %s', (forwarded, counted) => {
    expect(networkOf(forwarded)).toBe(networkOf(counted.replace('/64', '')))
  })

  test('count IPv4 addresses apart that are written as IPv6', async () => {
    const app = await limited()
    await checks(app, 120, '::ffff:192.0.2.11')
    expectRefusal(await check(app, '192.0.2.11'), 429, 'RATE_LIMITED')
    expect((await check(app, '::ffff:192.0.2.12')).statusCode).toBe(200)
  })

  test('count who hung up before anybody asked for their address together', () => {
    expect(networkOf(undefined)).toBe(networkOf('::'))
  })

  describe('on signing in and up', () => {
    const attempt = (app: FastifyInstance, path: string, remoteAddress: string, headers = {}) =>
      app.inject({
        method: 'POST',
        url: `/api/auth/${path}`,
        headers: { origin: home, ...headers },
        payload: { email: 'guessed@people.example', password: 'guess-guess', name: '' },
        remoteAddress,
      })

    test.each([
      ['sign-in/email', 401],
      ['sign-up/email', 422],
    ])('let an address try %s 10 times a minute, counted for all processes', async (path, status) => {
      const both = [await limited(), await limited()]
      const payload = { email: 'guessed@people.example', password, name: 'Guessed' }
      await post(await appOn(database), '/api/auth/sign-up/email', payload, {
        'content-type': 'application/json',
        origin: home,
      })
      for (let at = 0; at < 5; at++) {
        for (const app of both) expect((await attempt(app, path, '192.0.2.6')).statusCode).toBe(status)
      }
      for (const app of both) {
        for (const headers of [
          {},
          { 'x-forwarded-for': '198.51.100.1' },
          { 'x-dibs-address': '198.51.100.1' },
        ]) {
          const refused = await attempt(app, path, '192.0.2.6', headers)
          expect(refused.statusCode).toBe(429)
          expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
          expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60)
          expectNoInternals(refused)
        }
        expect((await attempt(app, path, '192.0.2.7')).statusCode).toBe(status)
      }
    })

    test('count attempts that come at once, and end none of them in an error', async () => {
      const app = await limited()
      const answers = await Promise.all(
        Array.from({ length: 30 }, () => attempt(app, 'sign-in/email', '192.0.2.8')),
      )
      expect(statuses(answers).sort()).toEqual([...Array(10).fill(401), ...Array(20).fill(429)])
    })

    test('count a link, and whom each proxy does not tell, each as one network', async () => {
      const app = await limited({ trustProxy: 1 })
      const unknown = { 'x-forwarded-for': 'unknown' }
      for (const [one, other, headers] of [
        ['fe80::1%eth0', 'fe80::2%eth0', {}],
        ['10.0.0.1', '10.0.0.1', unknown],
        ['10.0.0.2', '10.0.0.2', unknown],
      ] as const) {
        const answers = []
        for (let at = 0; at < 11; at++)
          answers.push(await attempt(app, 'sign-in/email', at % 2 === 0 ? one : other, headers))
        expect(statuses(answers), one).toEqual([...Array(10).fill(401), 429])
      }
    })

    test.each(['sign-in//email', 'sign-in/email/', 'SIGN-IN/email', 'sign-in%2Femail'])(
      'are not dodged by writing %s',
      async (path) => {
        const app = await limited()
        const answer = await attempt(app, path, '192.0.2.9')
        expect(answer.statusCode).toBe(404)
      },
    )
  })

  test('are all lifted by RATE_LIMITS=off', async () => {
    const app = await limited({ rateLimits: false })
    const member = await signUp(app)
    expect(statuses(await checks(app, 130, '192.0.2.10'))).toEqual(Array(130).fill(200))
    expect(statuses(await claims(app, member, 40))).not.toContain(429)
    expect(await database.prisma.rateLimit.count()).toBe(0)
  })

  test('let a claim through when the attempts to sign in cannot be counted', async () => {
    const app = await limited()
    const member = await signUp(app)
    await database.prisma.$executeRaw`ALTER TABLE rate_limits RENAME TO rate_limits_gone`
    try {
      const claimed = await post(
        app,
        '/trpc/profile.claimUsername',
        { username: 'uncounted' },
        member.program,
      )
      expect(claimed.statusCode).toBe(200)
      const { email } = member
      const signIn = await post(app, '/api/auth/sign-in/email', { email, password }, member.browser)
      // Nobody may guess passwords uncounted.
      expect(signIn.statusCode).toBe(500)
      expectNoInternals(signIn)
      expect((await app.inject({ url: query('profile.me'), headers: member.program })).statusCode).toBe(200)
    } finally {
      await database.prisma.$executeRaw`ALTER TABLE rate_limits_gone RENAME TO rate_limits`
    }
  })
})
