import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createPasses } from '../../server/identity/session-pass.ts'
import { appOn, cookieOf, home, password, post, query } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { aPass, me, type Passing, passFor, passing } from './passing.ts'

const json = { 'content-type': 'application/json', origin: home }

describe.each(engines)('a pass on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let theirs: Passing
  let mine: Passing
  /** Another session of mine. */
  let again: string
  let value: string
  beforeAll(async () => {
    // The clock stands still, so that no pass is over.
    vi.useFakeTimers({ toFake: ['Date'] })
    database = await openTestDatabase(engine)
    app = await appOn(database)
    theirs = await passing(app)
    mine = await passing(app)
    const { email } = mine.member
    again = cookieOf(await post(app, '/api/auth/sign-in/email', { email, password }, json))
    value = mine.pass.slice(mine.pass.indexOf('=') + 1)
    const update = { version: 0, displayName: 'Me' }
    await post(app, '/trpc/profile.update', update, { ...json, cookie: mine.session })
    for (const { both } of [mine, theirs]) {
      const { statusCode, headers } = await me(app, both)
      expect([statusCode, headers['set-cookie']]).toEqual([200, undefined])
    }
  })
  afterAll(async () => {
    vi.useRealTimers()
    await app?.close()
    await database?.close()
  })

  const forged = (content: object) => {
    const [, mac] = decodeURIComponent(value).split('.')
    return `${Buffer.from(JSON.stringify(content)).toString('base64url')}.${mac}`
  }
  const bySecret = (secret: string) => {
    const names = {
      sessionCookie: 'dibs.session_token',
      passCookie: 'dibs.session_pass',
      secure: false,
      now: Date.now,
    }
    const [token = ''] = decodeURIComponent(mine.session.split('=')[1] ?? '').split('.')
    const person = { id: theirs.member.id, name: '', email: theirs.member.email }
    const session = { token, expiresAt: new Date(Date.now() + 60_000), person }
    return createPasses({ secret, ...names })
      .keep(mine.session, session)
      ?.split(';')[0]
  }

  test.each([
    ['of somebody else', () => theirs.pass],
    ['of another session', async () => passFor(app, again)],
    ['signed with another secret', () => bySecret('Wq3nC5uYx0pKd8sJm2wRz7tLb4hGf6aE')],
    [
      'with other content',
      () => forged({ id: theirs.member.id, name: '', email: null, until: Date.now() + 5000 }),
    ],
    ['with no content', () => `.${value.split('.')[1]}`],
    ['with no signature', () => `${value.split('.')[0]}.`],
    ['with half a signature', () => value.slice(0, -20)],
    ['with more after it', () => `${value}A`],
    ['of one dot', () => '.'],
    ['of nothing', () => ''],
    ['of a NUL', () => '%00'],
    ['of NULs around a dot', () => '%00.%00'],
    ['of a raw control character', () => 'a\u0001.b'],
    ['of half an escape', () => '%e0%a4%a.%'],
    ['of spaces', () => '%20%20.%20'],
    ['of quotes', () => `"${value}`],
    ['of lone surrogates', () => '%ed%a0%80.x'],
    ['as long as a book', () => 'x'.repeat(8000)],
    ['of dots', () => '.'.repeat(8000)],
    ['of __proto__', () => '__proto__'],
  ])('%s is looked up, and is who their session says', async (_what, made) => {
    const pass = (await made()) ?? ''
    const named = pass.startsWith('dibs.') ? pass : `dibs.session_pass=${pass}`
    const answer = await me(app, `${mine.session}; ${named}`)
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json().result.data.displayName).toBe('Me')
    expect(answer.headers['set-cookie']).toMatch(aPass)
  })

  test.each([
    ['cut short', () => mine.session.slice(0, -8)],
    ['without its signature', () => mine.session.split('.').slice(0, 2).join('.')],
    ['with a letter more', () => `${mine.session}A`],
    ['of spaces beside', () => mine.session.replace('=', '=%20')],
    ['named as a prototype', () => `__proto__=x; constructor=y`],
    ['of nothing', () => 'dibs.session_token='],
  ])('or a session cookie %s is nobody', async (_what, session) => {
    expectRefusal(await me(app, `${session()}; ${mine.pass}`), 401, 'SIGNED_OUT')
  })

  test('twice is whoever comes first', async () => {
    const nameOf = async (cookie: string) => (await me(app, cookie)).json().result.data.displayName
    expect(await nameOf(`${mine.session}; ${theirs.pass}; ${mine.pass}`)).toBe('Me')
    expect(await nameOf(`${mine.session}; ${theirs.session}; ${theirs.pass}`)).toBe('Me')
    expect(await nameOf(`${theirs.session}; ${mine.session}; ${mine.pass}`)).not.toBe('Me')
  })

  test('but a bearer token is who the token says', async () => {
    const headers = { ...theirs.member.program, cookie: mine.both }
    const answer = await app.inject({ url: query('profile.me'), headers })
    expect(answer.json().result.data.displayName).not.toBe('Me')
    expect(answer.headers).not.toHaveProperty('set-cookie')
  })

  test('is nobody with a pass alone, or with a pass for a session', async () => {
    const { pass, both } = await passing(app)
    const value = pass.slice(pass.indexOf('=') + 1)
    for (const cookie of [pass, `dibs.session_token=${value}`, `dibs.session_token=${value}; ${pass}`]) {
      expectRefusal(await me(app, cookie), 401, 'SIGNED_OUT')
    }
    const authorization = `Bearer ${decodeURIComponent(value)}`
    const byToken = await app.inject({ url: query('profile.me'), headers: { authorization } })
    expectRefusal(byToken, 401, 'SIGNED_OUT')
    expect((await me(app, both)).statusCode).toBe(200)
  })
})
