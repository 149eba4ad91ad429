import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn, home, type Member, post, query, signUp } from './app.ts'
import { expectNoInternals, expectRefusal } from './refusal.ts'

describe('the headers of an answer', () => {
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  let place: string
  let webDir: string
  beforeAll(async () => {
    place = await mkdtemp(join(tmpdir(), 'dibs-web-'))
    // Where Dibs is installed says nothing of what may be kept.
    webDir = join(place, 'assets', 'web')
    await mkdir(join(webDir, 'assets'), { recursive: true })
    await writeFile(join(webDir, 'index.html'), '<!doctype html><title>Dibs</title>')
    await writeFile(join(webDir, 'assets', 'app-1a2b3c.js'), 'export {}')
    await writeFile(join(webDir, 'assets', 'app-1a2b3c.js.br'), brotliCompressSync('export {}'))
    await writeFile(join(webDir, 'assets', 'app-1a2b3c.js.gz'), gzipSync('export {}'))
    database = await openTestDatabase('embedded')
    app = await appOn(database, { webDir })
    member = await signUp(app)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
    await rm(place, { recursive: true, force: true })
  })

  const html = { accept: 'text/html,application/xhtml+xml' }
  const answers = {
    'a page': () => app.inject({ url: '/', headers: html }),
    'a page of its own': () => app.inject({ url: '/@neo', headers: html }),
    'a file': () => app.inject({ url: '/assets/app-1a2b3c.js' }),
    'a query': () => app.inject({ url: query('profile.me'), headers: member.program }),
    'a refused mutation': () => post(app, '/trpc/profile.claimUsername', '{', member.program),
    'a session': () => app.inject({ url: '/api/auth/get-session', headers: member.program }),
    'an address there is not': () => app.inject({ url: '/nope' }),
    'an address that cannot be read': () => app.inject({ url: '/%' }),
    health: () => app.inject({ url: '/healthz' }),
    readiness: () => app.inject({ url: '/readyz' }),
  }

  test.each(Object.entries(answers))(
    'to %s keep browsers from guessing, framing and foreign scripts',
    async (_what, ask) => {
      const answer = await ask()
      expectNoInternals(answer)
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
      expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
      expect(answer.headers).not.toHaveProperty('server')
      const policy = String(answer.headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|\*|https?:/)
    },
  )

  test.each([
    ['zstd, br, gzip, deflate', 'br', brotliDecompressSync],
    ['gzip', 'gzip', gunzipSync],
    ['identity', undefined, (text: Buffer) => text],
    [undefined, undefined, (text: Buffer) => text],
  ])('to a file send who takes %s what was compressed as %s', async (accepted, encoding, decode) => {
    const headers = accepted === undefined ? {} : { 'accept-encoding': accepted }
    const answer = await app.inject({ url: '/assets/app-1a2b3c.js', headers })
    expect(answer.headers['content-encoding']).toBe(encoding)
    expect(answer.headers['content-type']).toContain('/javascript')
    expect(answer.headers['cache-control']).toContain('immutable')
    expect(String(answer.headers.vary).split(', ')).toContain('accept-encoding')
    expect(decode(answer.rawPayload).toString()).toBe('export {}')
    // Nobody compressed this one.
    const page = await app.inject({ url: '/', headers: { ...html, ...headers } })
    expect(page.headers).not.toHaveProperty('content-encoding')
    expect(page.body).toContain('Dibs')
  })

  test('to a page allow only what the app itself brings', async () => {
    const { headers, body } = await answers['a page']()
    expect(body).toContain('Dibs')
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self' data:;font-src 'self';connect-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
    )
    expect(headers['referrer-policy']).toBe('same-origin')
  })

  test.each([
    ['profile.claimUsername', 'POST'],
    ['profile.me', 'GET'],
    ['profile.watchUsername', 'GET'],
    ['profile.me,profile.me?batch=1', 'GET'],
    ['profile.me,profile.claimUsername?batch=1', 'GET, POST'],
    ['profile.nope', 'GET, POST'],
    ['constructor', 'GET, POST'],
    ['__proto__', 'GET, POST'],
  ])('to PUT for %s say which methods are right', async (path, methods) => {
    const answer = await app.inject({ method: 'PUT', url: `/trpc/${path}`, headers: member.browser })
    expectRefusal(answer, 405, 'INVALID_INPUT')
    expect(answer.headers.allow).toBe(methods)
  })

  test.each(['multipart/form-data; boundary=x', 'Application/Octet-Stream'])(
    'to a query of the type %s say that the type is wrong, not the method',
    async (type) => {
      const headers = { ...member.browser, 'content-type': type }
      const answer = await app.inject({ url: query('profile.get', { username: 'neo' }), headers })
      expectRefusal(answer, 415, 'INVALID_INPUT')
      expect(answer.headers).not.toHaveProperty('allow')
    },
  )

  test('to whoever is not signed in say how to, and only to them', async () => {
    const signIn = { email: member.email, password: 'not theirs' }
    for (const ask of [
      () => app.inject({ url: query('profile.me') }),
      () => app.inject({ url: query('profile.me'), headers: { 'trpc-accept': '' } }),
      () => app.inject({ url: '/trpc/profile.me,profile.me?batch=1' }),
      () => post(app, '/api/auth/sign-in/email', signIn, { ...member.program, origin: home }),
    ]) {
      const { statusCode, headers } = await ask()
      expect([statusCode, headers['www-authenticate']]).toEqual([401, 'Bearer'])
    }
    for (const ask of Object.values(answers)) {
      expect((await ask()).headers).not.toHaveProperty('www-authenticate')
    }
  })

  test.each(['a query', 'a refused mutation', 'a session', 'an address there is not'] as const)(
    'to %s keep it out of every cache',
    async (what) => {
      expect((await answers[what]()).headers['cache-control']).toBe('no-store')
    },
  )

  test('let a browser keep named files, and ask again for pages', async () => {
    expect((await answers['a file']()).headers['cache-control']).toBe('public, max-age=31536000, immutable')
    expect((await answers['a page']()).headers['cache-control']).toBe('no-cache')
    expect((await answers['a page of its own']()).headers['cache-control']).toBe('no-cache')
  })

  test('ask for TLS only where the public address has it', async () => {
    expect((await answers['a page']()).headers).not.toHaveProperty('strict-transport-security')
    const secure = await appOn(database, { settings: { publicUrl: 'https://dibs.example' } })
    const { headers } = await secure.inject({ url: '/healthz' })
    expect(headers['strict-transport-security']).toMatch(/^max-age=\d{7,}/)
    await secure.close()
  })

  test('do not show a page to a program, nor for data or a file that is missing', async () => {
    for (const [url, accept] of [
      ['/@neo', 'application/json'],
      ['/api/nope', 'text/html'],
      ['/trpc', 'text/html'],
      ['/assets/gone.js', 'text/html'],
    ] as const) {
      expectRefusal(await app.inject({ url, headers: { accept } }), 404, 'NOT_FOUND')
    }
  })

  test('are the same where no web app was built', async () => {
    const bare = await appOn(database, { webDir: join(webDir, 'not-built') })
    expectRefusal(await bare.inject({ url: '/', headers: html }), 404, 'NOT_FOUND')
    await bare.close()
  })
})
