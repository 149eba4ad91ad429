import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appOn, cookieOf, home, password, post, query, signUp } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aPass, me, passFor, passing } from './passing.ts'

const json = { 'content-type': 'application/json', origin: home }

describe.each(engines)('who is signed in on %s', (engine) => {
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

  /** Without the tables that say who is signed in. */
  async function withoutSessions<T>(work: () => Promise<T>): Promise<T> {
    await database.prisma.$executeRaw`ALTER TABLE sessions RENAME TO sessions_away`
    await database.prisma.$executeRaw`ALTER TABLE users RENAME TO users_away`
    try {
      return await work()
    } finally {
      await database.prisma.$executeRaw`ALTER TABLE sessions_away RENAME TO sessions`
      await database.prisma.$executeRaw`ALTER TABLE users_away RENAME TO users`
    }
  }

  test('is looked up once and given a pass, with which nobody is looked up', async () => {
    const { browser } = await signUp(app)
    const first = await me(app, browser.cookie)
    expect(first.statusCode).toBe(200)
    const pass = [first.headers['set-cookie']].flat()
    expect(pass).toEqual([expect.stringMatching(aPass)])
    expect(first.headers).toMatchObject({ vary: 'trpc-accept, accept, origin', 'cache-control': 'no-store' })
    const both = `${browser.cookie}; ${cookieOf(first)}`
    const [next, claimed, unknown] = await withoutSessions(async () => [
      await me(app, both),
      await post(
        app,
        '/trpc/profile.claimUsername',
        { username: `${engine}-passing` },
        { ...json, cookie: both },
      ),
      await me(app, browser.cookie),
    ])
    expect(next.json()).toEqual(first.json())
    expect(claimed.json().result.data.username).toBe(`${engine}-passing`)
    for (const answer of [next, claimed]) expect(answer.headers).not.toHaveProperty('set-cookie')
    expectRefusal(unknown, 503, 'UNAVAILABLE')
  })

  test('behind https gets a pass that is sent over https only', async () => {
    const secure = await appOn(database, { settings: { publicUrl: 'https://dibs.example' } })
    const { browser } = await signUp(secure, 'https://dibs.example')
    const answer = await me(secure, browser.cookie)
    expect(answer.headers['set-cookie']).toMatch(
      /^__Secure-dibs\.session_pass=[^;]+; Max-Age=10; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    const both = `${browser.cookie}; ${cookieOf(answer)}`
    expect((await withoutSessions(() => me(secure, both))).statusCode).toBe(200)
    await secure.close()
  })

  test('is given one whatever they call, also where it fails or is answered bit by bit', async () => {
    const { browser: headers } = await signUp(app)
    const inBatch = encodeURIComponent(JSON.stringify({ 0: {}, 1: { username: 'free-name' } }))
    const batch = `/trpc/profile.me,profile.checkUsername?batch=1&input=${inBatch}`
    const answers = [
      await app.inject({ url: query('profile.checkUsername', { username: 'free-name' }), headers }),
      await post(app, '/trpc/profile.claimUsername', { username: 'admin' }, headers),
      await post(app, '/trpc/profile.claimUsername', { username: '!' }, headers),
      await app.inject({ url: batch, headers }),
      await app.inject({ url: batch, headers: { ...headers, 'trpc-accept': 'application/jsonl' } }),
    ]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 409, 400, 200, 200])
    for (const answer of answers) expect(answer.headers['set-cookie']).toMatch(aPass)
  })

  test('is given one with a stream of events', async () => {
    const { browser } = await signUp(app)
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const stop = new AbortController()
    const watching = await fetch(`${url}${query('profile.watchUsername', { username: 'watched' })}`, {
      headers: { cookie: browser.cookie, accept: 'text/event-stream' },
      signal: stop.signal,
    })
    stop.abort()
    expect(watching.headers.get('content-type')).toBe('text/event-stream')
    expect(watching.headers.getSetCookie()).toEqual([expect.stringMatching(aPass)])
  })

  test('is called by their name, whatever its letters', async () => {
    const payload = { email: 'zoe@people.example', password, name: 'Zoë “∀” 👋' }
    const answer = await post(app, '/api/auth/sign-up/email', payload, json)
    const session = cookieOf(answer)
    const both = `${session}; ${await passFor(app, session)}`
    expect((await withoutSessions(() => me(app, both))).json().result.data.displayName).toBe(payload.name)
  })

  test('by a token alone is given no pass', async () => {
    const { program } = await signUp(app)
    const answer = await app.inject({ url: query('profile.me'), headers: program })
    expect(answer.statusCode).toBe(200)
    expect(answer.headers).not.toHaveProperty('set-cookie')
  })

  test('to an identity of your own is who that says, pass or not', async () => {
    const { both } = await passing(app)
    const own = await appOn(database, { authenticate: async () => ({ id: 'own', name: 'Own' }) })
    const answer = await me(own, both)
    expect(answer.json().result.data.displayName).toBe('Own')
    expect(answer.headers).not.toHaveProperty('set-cookie')
    await own.close()
  })
})
