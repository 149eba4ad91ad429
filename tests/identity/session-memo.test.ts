import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { whoIsBySession } from '../../server/http/who-is.ts'
import type { Auth } from '../../server/identity/auth.ts'
import { createSessionEnds } from '../../server/identity/session-ends.ts'
import { createSessionMemo } from '../../server/identity/session-memo.ts'
import { appOn, home, type Member, password, post, query, signUp } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'

describe.each(engines)('whose bearer token it is, on %s,', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  /** Another process on the same database. */
  let elsewhere: FastifyInstance
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    elsewhere = await appOn(database)
  })
  // The clock stands still, so that nothing takes too long.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }))
  afterEach(() => void vi.useRealTimers())
  afterAll(async () => {
    await app?.close()
    await elsewhere?.close()
    await database?.close()
  })

  const me = (headers: Record<string, string>, on = app) => on.inject({ url: query('profile.me'), headers })
  const auth = (path: string, body: object, headers: Record<string, string>) =>
    post(app, `/api/auth/${path}`, body, { origin: home, ...headers })
  const later = (ms: number) => vi.setSystemTime(Date.now() + ms)

  /** Somebody whose token both processes know. */
  async function known(): Promise<Member> {
    const member = await signUp(app)
    for (const on of [app, elsewhere]) expect((await me(member.program, on)).statusCode).toBe(200)
    return member
  }
  const endBeside = ({ id }: Member) => database.prisma.session.deleteMany({ where: { userId: id } })

  test('is remembered for ten seconds', async () => {
    const member = await known()
    await endBeside(member)
    expect((await me(member.program)).statusCode).toBe(200)
    later(10_000)
    expectRefusal(await me(member.program), 401, 'SIGNED_OUT')
  })

  test('is looked up again after that', async () => {
    const member = await known()
    later(10_000)
    expect((await me(member.program)).statusCode).toBe(200)
    await endBeside(member)
    expect((await me(member.program)).statusCode).toBe(200)
  })

  test('is remembered no longer than the session lasts', async () => {
    const member = await signUp(app)
    const data = { expiresAt: new Date(Date.now() + 3000) }
    await database.prisma.session.updateMany({ where: { userId: member.id }, data })
    expect((await me(member.program)).statusCode).toBe(200)
    // At that moment itself it is not over yet.
    later(3001)
    expectRefusal(await me(member.program), 401, 'SIGNED_OUT')
  })

  test('is remembered no longer because the clock was put back', async () => {
    const member = await known()
    await endBeside(member)
    later(-60_000)
    expectRefusal(await me(member.program), 401, 'SIGNED_OUT')
  })

  test.each([
    ['signing out by the token', (member: Member) => auth('sign-out', {}, member.program)],
    ['signing out by the cookie', (member: Member) => auth('sign-out', {}, member.browser)],
    ['ending every session', (member: Member) => auth('revoke-sessions', {}, member.browser)],
  ])('is forgotten at once by %s, and within ten seconds elsewhere', async (_how, end) => {
    const member = await known()
    const other = await known()
    expect((await end(member)).statusCode).toBe(200)
    expectRefusal(await me(member.program), 401, 'SIGNED_OUT')
    expect((await me(member.program, elsewhere)).statusCode).toBe(200)
    expect((await me(other.program)).statusCode).toBe(200)
    later(10_000)
    expectRefusal(await me(member.program, elsewhere), 401, 'SIGNED_OUT')
  })

  test('is nobody’s anywhere at once by deleting the account', async () => {
    const member = await known()
    const answer = await auth('delete-user', { password }, member.browser)
    expect(answer.statusCode).toBe(200)
    for (const on of [app, elsewhere]) expectRefusal(await me(member.program, on), 401, 'SIGNED_OUT')
  })

  test('shows a change of their name at once', async () => {
    const member = await known()
    expect((await auth('update-user', { name: 'Renamed' }, member.program)).statusCode).toBe(200)
    expect((await me(member.program)).json().result.data.displayName).toBe('Renamed')
  })

  test.each([
    ['of another letter', (signature: string) => signature.replace(/^./, (a) => (a === 'A' ? 'B' : 'A'))],
    ['cut short', (signature: string) => signature.slice(0, -8)],
    ['of somebody else', (_mine: string, other: Member) => other.program.authorization.split('.')[1]],
  ])('is nobody’s with a signature %s, also beside the right cookie', async (_what, spoil) => {
    const [member, other] = [await known(), await known()]
    const [token = '', signature = ''] = member.program.authorization.split('.')
    const authorization = `${token}.${spoil(signature, other)}`
    const beside = await me({ authorization, cookie: member.browser.cookie })
    expect(beside.statusCode).toBe(200)
    expectRefusal(await me({ authorization }), 401, 'SIGNED_OUT')
  })

  test('is the same however it is written', async () => {
    const member = await known()
    const token = member.program.authorization.slice('Bearer '.length)
    for (const written of [`bearer ${token}`, `Bearer   ${token}`, `Bearer ${encodeURIComponent(token)}`]) {
      const answer = await me({ authorization: written })
      expect(answer.statusCode, written).toBe(200)
      expect(answer.json()).toEqual((await me(member.program)).json())
    }
  })
})

describe('the memory of bearer tokens', () => {
  const signature = `${'A'.repeat(43)}=`
  const session = (token: string) => ({
    token,
    expiresAt: new Date(Date.now() + 60_000),
    person: { id: token, name: token },
  })

  test('has an end: those asked for longest ago are forgotten', () => {
    const memo = createSessionMemo(Date.now)
    const tokens = Array.from({ length: 20_000 }, (_, at) => `token-${at}`)
    for (const token of tokens) memo.keep(`Bearer ${token}.${signature}`, session(token))
    const kept = tokens.filter((token) => memo.holder(`Bearer ${token}.${signature}`) !== null)
    expect(kept.length).toBeLessThanOrEqual(10_000)
    expect(kept.slice(-5000)).toEqual(tokens.slice(-5000))
  })

  test('keeps none that ended while it was looked up, nor lets a cookie pass for it', async () => {
    const memo = createSessionMemo(Date.now)
    const authorization = `Bearer token.${signature}`
    const ends = createSessionEnds(memo.forget)
    const keep = vi.fn(() => 'a pass')
    const passes: Auth['passes'] = { holder: () => null, keep }
    const reply = { header: vi.fn() } as unknown as FastifyReply
    const ask = (headers: FastifyRequest['headers'], meanwhile: () => void) =>
      whoIsBySession(async () => ({
        memo,
        ends,
        passes,
        async sessionOf() {
          meanwhile()
          return session('token')
        },
      }))({ headers } as FastifyRequest, reply)
    const end = () => ends.ended('token')
    expect((await ask({ authorization }, end))?.id).toBe('token')
    expect((await ask({ cookie: 'a=b' }, end))?.id).toBe('token')
    expect([memo.holder(authorization), keep.mock.calls]).toEqual([null, []])
    await ask({ authorization }, () => {})
    await ask({ cookie: 'a=b' }, () => {})
    expect([memo.holder(authorization)?.id, keep.mock.calls.length]).toEqual(['token', 1])
  })

  test.each([
    ['of another session', `Bearer other.${signature}`],
    ['with spaces', `Bearer    token.${signature}`],
    ['with more after it', `Bearer token.${signature}.x`],
    ['as long as a book', `Bearer token.${'A'.repeat(8000)}=`],
    ['without a token', `Bearer .${signature}`],
    ['of another kind', `Basic token.${signature}`],
    ['of a prototype', '__proto__'],
    ['of nothing', ''],
  ])('takes no header %s', (_what, authorization) => {
    const memo = createSessionMemo(Date.now)
    memo.keep(authorization, session('token'))
    expect(memo.holder(authorization)).toBeNull()
  })
})
