import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appOn, cookieOf, home, type Member, password, post, query, signUp, stranger } from '../http/app.ts'
import { expectNoInternals, expectRefusal } from '../http/refusal.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { anyRenames } from '../support/rules.ts'

describe.each(engines)('an account that is deleted, on %s,', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database, { settings: { nameRules: anyRenames } })
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const deleteAccount = (member: Member, body: object = { password }, on = app) =>
    post(on, '/api/auth/delete-user', body, member.browser)
  const claim = (member: Member, username: string) =>
    post(app, '/trpc/profile.claimUsername', { username }, member.program)
  const signIn = (email: string) =>
    post(
      app,
      '/api/auth/sign-in/email',
      { email, password },
      { origin: home, 'content-type': 'application/json' },
    )
  const personOf = (id: string) =>
    database.prisma.profile.findUnique({
      where: { id },
      include: { names: { orderBy: { claimedAt: 'asc' } } },
    })
  const currentOf = async (id: string) => (await personOf(id))?.usernameKey ?? null

  async function expectThere(member: Member, username: string) {
    const me = await app.inject({ url: query('profile.me'), headers: member.browser })
    expect(me.json().result.data.username).toBe(username)
    expect((await signIn(member.email)).statusCode).toBe(200)
  }

  async function expectGone(member: Member) {
    const { id, email } = member
    expect(await database.prisma.user.count({ where: { OR: [{ id }, { email }] } })).toBe(0)
    expect(await database.prisma.session.count({ where: { userId: id } })).toBe(0)
    expect(await database.prisma.account.count({ where: { userId: id } })).toBe(0)
    expect(await personOf(id)).toMatchObject({
      usernameKey: null,
      displayName: '',
      bio: '',
      administrator: false,
      forgottenAt: expect.any(Date),
    })
  }

  test('gives up its names, which are held, and leaves no trace of its person', async () => {
    const member = await signUp(app)
    const [first, second] = [freshName('first'), freshName('second')]
    for (const username of [first, second]) expect((await claim(member, username)).statusCode).toBe(200)
    const update = { bio: 'Mine', company: 'Ours', version: 0 }
    expect((await post(app, '/trpc/profile.update', update, member.browser)).statusCode).toBe(200)

    const answer = await deleteAccount(member)
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true, message: 'User deleted' }])
    expect([answer.headers['set-cookie']].flat()[0]).toMatch(/^dibs\.session_token=; Max-Age=0;/)
    await expectGone(member)
    for (const headers of [member.browser, member.program]) {
      expectRefusal(await app.inject({ url: query('profile.me'), headers }), 401, 'SIGNED_OUT')
    }
    expect((await signIn(member.email)).statusCode).toBe(401)

    for (const username of [first, second]) {
      const page = await app.inject({ url: query('profile.get', { username }) })
      expectRefusal(page, 404, 'PROFILE_NOT_FOUND')
      expectRefusal(await claim(await signUp(app), username), 409, 'USERNAME_HELD')
    }
    const changes = await database.prisma.usernameChange.findMany({
      where: { personId: member.id },
      orderBy: { id: 'asc' },
    })
    expect(changes.map(({ display, cause }) => [display, cause])).toEqual([
      [first, 'claimed'],
      [first, 'renamed'],
      [second, 'renamed'],
      [second, 'deleted'],
    ])
  })

  test('can be made anew with its address, and is somebody else then', async () => {
    const member = await signUp(app)
    const username = freshName('again')
    await claim(member, username)
    await deleteAccount(member)
    const anew = await app.inject({
      method: 'POST',
      url: '/api/auth/sign-up/email',
      headers: { origin: home },
      payload: { email: member.email, password, name: 'Again' },
    })
    expect(anew.statusCode).toBe(200)
    expect(anew.json().user.id).not.toBe(member.id)
    const headers = { cookie: cookieOf(anew), origin: home, 'content-type': 'application/json' }
    const me = await app.inject({ url: query('profile.me'), headers })
    expect(me.json().result.data).toMatchObject({ username: null, displayName: 'Again' })
    const claimed = await post(app, '/trpc/profile.claimUsername', { username }, headers)
    expectRefusal(claimed, 409, 'USERNAME_HELD')
  })

  test.each([
    ['a wrong password', { password: 'wrong horse battery' }],
    ['an empty password', { password: '' }],
    ['no password, however recent the sign-in', {}],
    ['a password that is no text', { password: { not: '' } }],
    ['a token in place of a password', { token: 'x' }],
    ['a password as long as a book', { password: 'x'.repeat(20_000) }],
  ])('takes its password: %s deletes nothing', async (_what, body) => {
    const member = await signUp(app)
    const username = freshName('kept')
    await claim(member, username)
    const answer = await deleteAccount(member, body)
    expect(answer.statusCode).toBe(400)
    expectNoInternals(answer)
    await expectThere(member, username)
  })

  test('takes its session, and a page of our own', async () => {
    const member = await signUp(app)
    const username = freshName('kept')
    await claim(member, username)
    const { cookie, 'content-type': json } = member.browser
    const nobody = await post(
      app,
      '/api/auth/delete-user',
      { password },
      { origin: home, 'content-type': json },
    )
    expect(nobody.statusCode).toBe(401)
    const foreign = { cookie, origin: stranger, 'content-type': json }
    expectRefusal(await post(app, '/api/auth/delete-user', { password }, foreign), 403, 'FORBIDDEN')
    await expectThere(member, username)
  })

  test('cannot be guessed at: attempts are limited', async () => {
    const strict = await appOn(database, { settings: { rateLimits: true } })
    const member = await signUp(strict)
    const attempts = []
    for (let made = 0; made < 11; made++) {
      attempts.push((await deleteAccount(member, { password: 'wrong horse battery' }, strict)).statusCode)
    }
    expect(attempts).toEqual([...Array(10).fill(400), 429])
    await strict.close()
  })

  test('that never had a name or a profile is gone too', async () => {
    const member = await signUp(app)
    expect((await deleteAccount(member)).statusCode).toBe(200)
    await expectGone(member)
  })

  test('twice at once is deleted once', async () => {
    const member = await signUp(app)
    await claim(member, freshName('twice'))
    const answers = await Promise.all([deleteAccount(member), deleteAccount(member)])
    expect(answers.map(({ statusCode }) => statusCode).toSorted()[0]).toBe(200)
    for (const answer of answers) expect([200, 401]).toContain(answer.statusCode)
    await expectGone(member)
    const causes = { personId: member.id, cause: 'deleted' }
    expect(await database.prisma.usernameChange.count({ where: causes })).toBe(1)
  })

  test('while it claims in other tabs has no name afterwards', async () => {
    const member = await signUp(app)
    await claim(member, freshName('tab'))
    const names = times(10, (at) => freshName(`tab${at}`))
    const [deleted, ...claims] = await Promise.all([
      deleteAccount(member),
      ...names.map((name) => claim(member, name)),
    ])
    expect(deleted?.statusCode).toBe(200)
    for (const answer of claims) {
      if (answer.statusCode !== 200) expectRefusal(answer, 401, 'SIGNED_OUT')
    }
    await expectGone(member)
    const { names: kept = [] } = (await personOf(member.id)) ?? {}
    expect(kept.filter(({ heldUntil }) => heldUntil === null)).toEqual([])
  })

  test('while a stranger claims its name leaves it held for nobody else', async () => {
    const member = await signUp(app)
    const username = freshName('wanted')
    await claim(member, username)
    const others = [await signUp(app), await signUp(app)]
    const [, ...claims] = await Promise.all([
      deleteAccount(member),
      ...times(10, (at) => claim(others[at % 2] ?? member, username)),
    ])
    for (const answer of claims) {
      const kind = answer.json().error.data.kind
      expect(['USERNAME_TAKEN', 'USERNAME_HELD']).toContain(kind)
      expectRefusal(answer, 409, kind)
    }
    for (const other of others) expect(await currentOf(other.id)).toBeNull()
  })

  test('while somebody signs in to it ends in one or the other', async () => {
    const member = await signUp(app)
    const [deleted, ...signedIn] = await Promise.all([
      deleteAccount(member),
      ...times(6, () => signIn(member.email)),
    ])
    expect(deleted?.statusCode).toBe(200)
    for (const answer of signedIn) expect([200, 401], answer.body).toContain(answer.statusCode)
    await expectGone(member)
  })

  describe.runIf(engine === 'postgresql')('in the order that locks make,', () => {
    const profileOf = (member: Member) =>
      lock(database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [member.id])

    test('after a claim holds the name of that claim', async () => {
      const member = await signUp(app)
      const username = freshName('before')
      await claim(member, freshName('first'))
      const held = await profileOf(member)
      const claiming = claim(member, username)
      await held.waiting(1)
      const deleting = deleteAccount(member)
      await held.waiting(2)
      await held.release()
      expect([(await claiming).statusCode, (await deleting).statusCode]).toEqual([200, 200])
      await expectGone(member)
      expectRefusal(await claim(await signUp(app), username), 409, 'USERNAME_HELD')
    })

    test.each([
      ['with', { idempotencyKey: 'late' }],
      ['without', {}],
    ])('before a claim %s a key refuses it as signed out', async (_what, key) => {
      const member = await signUp(app)
      const username = freshName('late')
      await claim(member, freshName('first'))
      const held = await profileOf(member)
      const deleting = deleteAccount(member)
      await held.waiting(1)
      const claiming = post(app, '/trpc/profile.claimUsername', { username, ...key }, member.program)
      await held.waiting(2)
      await held.release()
      expect((await deleting).statusCode).toBe(200)
      expectRefusal(await claiming, 401, 'SIGNED_OUT')
      await expectGone(member)
      expect(await database.prisma.username.findUnique({ where: { key: username } })).toBeNull()
    })

    test('is all there when the database went away meanwhile, and can be deleted again', async () => {
      const member = await signUp(app)
      const username = freshName('away')
      await claim(member, username)
      // Forgetting is done by then; what is left is the account.
      const held = await lock(database, 'SELECT FROM users WHERE id = $1 FOR UPDATE', [member.id])
      const deleting = deleteAccount(member)
      await held.waiting(1)
      await held.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
      expect((await deleting).statusCode).toBe(503)
      await held.release()
      await expectThere(member, username)
      expect((await deleteAccount(member)).statusCode).toBe(200)
      await expectGone(member)
    })
  })
})
