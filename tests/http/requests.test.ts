import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn, type Member, post, query, signUp } from './app.ts'
import { expectRefusal } from './refusal.ts'

describe.each(engines)('a hostile request on %s', (engine) => {
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

  /** Nobody's name or profile came of it. */
  async function expectNothingHappened() {
    expect(await database.prisma.username.findMany({ where: { ownerId: { not: null } } })).toEqual([])
    expect(await database.prisma.profile.findMany()).toEqual([])
  }

  test.each([
    'multipart/form-data; boundary=x',
    'text/plain',
    'text/plain; application/json',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'application/json, text/plain',
    'application/problem+json',
    'text/json',
    '',
    undefined,
  ])('with the content type %j executes no mutation', async (type) => {
    const { cookie, origin } = member.browser
    for (const path of ['profile.claimUsername', 'profile.claimUsername,profile.update?batch=1']) {
      const headers = { cookie, origin, ...(type === undefined ? {} : { 'content-type': type }) }
      const answer = await post(app, `/trpc/${path}`, '{"username":"formed","version":0}', headers)
      expectRefusal(answer, 415, 'INVALID_INPUT')
    }
    await expectNothingHappened()
  })

  test.each([
    ['not JSON', '{'],
    ['cut short', '{"username":"cuts'],
    ['nothing', ''],
    ['null', 'null'],
    ['a number', '5'],
    ['a text', '"neo"'],
    ['a list', '[{"username":"listed"}]'],
    ['a name that is no text', '{"username":{"toString":"neo"}}'],
    ['a name that is a list', '{"username":["neo"]}'],
    ['no name', '{}'],
    ['more than asked for', '{"username":"extra","role":"admin"}'],
    ['a __proto__ key', '{"__proto__":{"username":"proto"}}'],
    ['a __proto__ key beside', '{"username":"proto","__proto__":{"role":"admin"}}'],
    ['a constructor key', '{"username":"constructed","constructor":{"prototype":{"role":"admin"}}}'],
    ['a NUL in the name', '{"username":"ne\\u0000o"}'],
    ['half a surrogate pair', '{"username":"ne\\ud800o"}'],
    ['a line break after the name', '{"username":"neo\\n"}'],
    ['invalid UTF-8', Buffer.from([...Buffer.from('{"username":"ne'), 0xff, 0xfe, ...Buffer.from('o"}')])],
    ['deep nesting', `{"username":${'['.repeat(12_000)}${']'.repeat(12_000)}}`],
  ])('with a body of %s is refused', async (_what, body) => {
    const answer = await post(app, '/trpc/profile.claimUsername', body, member.browser)
    expectRefusal(answer, 400, 'INVALID_INPUT')
    await expectNothingHappened()
    expect(Object.prototype).not.toHaveProperty('role')
    expect(Object.prototype).not.toHaveProperty('username')
  })

  test.each([
    ['a NUL', '{"version":0,"bio":"a\\u0000b"}'],
    ['half a surrogate pair', '{"version":0,"bio":"a\\udfffb"}'],
    ['a control character', '{"version":0,"displayName":"a\\u001bb"}'],
    ['a text for a number', '{"version":"0","bio":""}'],
    ['a version that no integer column holds', '{"version":2147483648,"bio":""}'],
    ['a version beyond every number', '{"version":1e999,"bio":""}'],
    ['a fraction of a version', '{"version":0.5,"bio":""}'],
    ['a negative version', '{"version":-1,"bio":""}'],
    ['a colour that is none', '{"version":0,"accentColour":"red;}"}'],
    ['a __proto__ key', '{"version":0,"__proto__":{"bio":"x"}}'],
    ['a field of the row', '{"version":0,"usernameKey":"neo"}'],
    ['an object for a text', '{"version":0,"bio":{"set":"x"}}'],
  ])('to edit a profile with %s is refused', async (_what, body) => {
    expectRefusal(await post(app, '/trpc/profile.update', body, member.browser), 400, 'INVALID_INPUT')
    await expectNothingHappened()
  })

  test.each([
    ['a missing input', query('profile.get')],
    ['an input cut short', '/trpc/profile.get?input={'],
    ['an input in broken percent-encoding', '/trpc/profile.get?input=%'],
    ['an empty input', '/trpc/profile.get?input='],
    ['connection parameters', `${query('profile.get', { username: 'neo' })}&connectionParams=%7B`],
    ['two inputs', '/trpc/profile.get?input=%7B%7D&input=%7B%7D'],
    ['a NUL', query('profile.get', { username: 'ne\0o' })],
    ['deep nesting', `/trpc/profile.get?input=${'['.repeat(12_000)}`],
    ['a __proto__ key', '/trpc/profile.get?input=%7B%22__proto__%22%3A%7B%22username%22%3A%22neo%22%7D%7D'],
  ])('for a profile with %s is refused', async (_what, url) => {
    expectRefusal(await app.inject({ url, headers: member.browser }), 400, 'INVALID_INPUT')
  })

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'profile',
    'profile.',
    '.profile',
    'profile.toString',
    'profile.__proto__',
    'profile.constructor',
    'profile.hasOwnProperty',
    'profile.me.call',
    'profile.ME',
    '%00',
    'profile%2Eme%00',
    '',
    'profile.me/',
    'profile.me%2F..',
    'profile.me,profile.me',
  ])('for the procedure %j finds none', async (path) => {
    const [asked, told] = await Promise.all([
      app.inject({ url: `/trpc/${path}`, headers: member.browser }),
      post(app, `/trpc/${path}`, {}, member.browser),
    ])
    expectRefusal(asked, 404, 'NOT_FOUND')
    expectRefusal(told, 404, 'NOT_FOUND')
  })

  test.each(['trpc-accept', 'accept'])(
    'that asks in %s for a stream of a single call is refused',
    async (header) => {
      const asked = { ...member.browser, [header]: 'application/jsonl' }
      const url = query('profile.get', { username: 'neo' })
      expectRefusal(await app.inject({ url, headers: asked }), 400, 'INVALID_INPUT')
      expectRefusal(await app.inject({ url: `${url}&batch=0`, headers: asked }), 400, 'INVALID_INPUT')
      const unlike = await app.inject({ url: '/trpc/profile.get?batch=1?x', headers: asked })
      expect(expectRefusal(unlike, 400, 'INVALID_INPUT').payload.form).toHaveLength(1)
      const claim = { username: 'streamed' }
      expectRefusal(await post(app, '/trpc/profile.claimUsername', claim, asked), 400, 'INVALID_INPUT')
      expect((await app.inject({ url: '/trpc/profile.me?batch=1', headers: asked })).statusCode).toBe(200)
      await expectNothingHappened()
    },
  )

  test.each(['%', '%zz', '%E0%A4%A', 'a%', '%u0041'])(
    'with the address /trpc/%s is refused',
    async (path) => {
      expectRefusal(await app.inject({ url: `/trpc/${path}`, headers: member.browser }), 400, 'INVALID_INPUT')
      expectRefusal(await post(app, `/trpc/${path}`, {}, member.browser), 400, 'INVALID_INPUT')
      expectRefusal(await app.inject({ url: `/${path}` }), 400, 'INVALID_INPUT')
    },
  )

  test('with a body of 32 KiB and more is too large', async () => {
    for (const path of ['profile.claimUsername', 'profile.claimUsername,profile.claimUsername?batch=1']) {
      const body = JSON.stringify({ username: 'x'.repeat(32 * 1024) })
      expectRefusal(await post(app, `/trpc/${path}`, body, member.browser), 413, 'INVALID_INPUT')
    }
    await expectNothingHappened()
  })

  test('of the wrong kind of method is told which one is right', async () => {
    const claim = await app.inject({
      url: query('profile.claimUsername', { username: 'by-get' }),
      headers: member.browser,
    })
    expectRefusal(claim, 405, 'INVALID_INPUT')
    expect(claim.headers.allow).toBe('POST')
    const me = await post(app, '/trpc/profile.me', {}, member.browser)
    expectRefusal(me, 405, 'INVALID_INPUT')
    expect(me.headers.allow).toBe('GET')
    const batch = await post(app, '/trpc/profile.me,profile.me?batch=1', {}, member.browser)
    expectRefusal(batch, 405, 'INVALID_INPUT')
    expect(batch.headers.allow).toBe('GET')
    await expectNothingHappened()
  })

  test.each([
    ['an empty idempotency key', { 'idempotency-key': '' }],
    ['one that is none', { 'idempotency-key': '"' }],
  ])('of the wrong kind of method with %s is told so under its id', async (_what, key) => {
    const headers = { ...member.browser, ...key }
    expectRefusal(await post(app, '/trpc/profile.me', {}, headers), 405, 'INVALID_INPUT')
    expectRefusal(await post(app, '/trpc/nope', {}, headers), 404, 'NOT_FOUND')
  })

  test('for a query and a mutation in one batch is refused as JSON, under its id', async () => {
    const paths = 'profile.claimUsername,profile.me'
    const url = `/trpc/${paths}?batch=1&input=${encodeURIComponent('{"0":{"username":"mixed"}}')}`
    expectRefusal(await app.inject({ url, headers: member.browser }), 400, 'INVALID_INPUT')
    const posted = await post(app, `/trpc/${paths}?batch=1`, { 0: { username: 'mixed' } }, member.browser)
    expectRefusal(posted, 400, 'INVALID_INPUT')
    await expectNothingHappened()
  })

  test.each(['PUT', 'PATCH', 'DELETE', 'TRACE'] as const)('by %s executes nothing', async (method) => {
    for (const type of ['application/json', 'multipart/form-data']) {
      const answer = await app.inject({
        method,
        url: '/trpc/profile.claimUsername',
        headers: { ...member.browser, 'content-type': type },
        ...(method === 'TRACE' ? {} : { payload: '{"username":"by-put"}' }),
      })
      expectRefusal(answer, 405, 'INVALID_INPUT')
    }
    await expectNothingHappened()
  })

  test('by HEAD executes nothing', async () => {
    const answer = await app.inject({
      method: 'HEAD',
      url: query('profile.claimUsername', { username: 'by-head' }),
      headers: member.browser,
    })
    expect(answer.statusCode).toBe(405)
    await expectNothingHappened()
  })

  test('for anything else there is finds nothing', async () => {
    for (const url of [
      '/nope',
      '/trpc',
      '/trpc/',
      '/api/auth',
      '/api/auth/nope',
      '/api',
      '/.env',
      '/assets/../../package.json',
      '/%2e%2e/package.json',
      '//trpc/profile.me',
      '/healthz/x',
      `/${'x'.repeat(10_000)}`,
    ]) {
      expect((await app.inject({ url })).statusCode, url).toBe(404)
      expect((await post(app, url, {}, member.program)).statusCode, url).toBe(404)
    }
    expectRefusal(await app.inject({ url: '/nope' }), 404, 'NOT_FOUND')
  })
})
