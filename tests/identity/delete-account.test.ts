import { describe, expect, test } from 'vitest'
import { cookieOf, home, password, post, query, signUp, stranger } from '../http/app.ts'
import { expectNoInternals, expectRefusal } from '../http/refusal.ts'
import { freshName } from '../race/world.ts'
import { engines } from '../support/database.ts'
import { onAccounts } from './on-accounts.ts'

describe.each(engines)('an account that is deleted, on %s,', (engine) => {
  const on = onAccounts(engine)
  const { deleteAccount, claim, signIn, expectThere, expectGone } = on

  test('gives up its names, which are held, and leaves no trace of its person', async () => {
    const member = await signUp(on.app)
    const [first, second] = [freshName('first'), freshName('second')]
    for (const username of [first, second]) expect((await claim(member, username)).statusCode).toBe(200)
    const update = {
      displayName: 'Me',
      bio: 'Mine',
      pronouns: 'they',
      role: 'Member',
      company: 'Ours',
      accentColour: '#336699',
      version: 0,
    }
    expect((await post(on.app, '/trpc/profile.update', update, member.browser)).statusCode).toBe(200)

    const answer = await deleteAccount(member)
    expect([answer.statusCode, answer.json()]).toEqual([200, { success: true, message: 'User deleted' }])
    expect([answer.headers['set-cookie']].flat()[0]).toMatch(/^dibs\.session_token=; Max-Age=0;/)
    await expectGone(member)
    for (const headers of [member.browser, member.program]) {
      expectRefusal(await on.app.inject({ url: query('profile.me'), headers }), 401, 'SIGNED_OUT')
    }
    expect((await signIn(member.email)).statusCode).toBe(401)

    for (const username of [first, second]) {
      const page = await on.app.inject({ url: query('profile.get', { username }) })
      expectRefusal(page, 404, 'PROFILE_NOT_FOUND')
      expectRefusal(await claim(await signUp(on.app), username), 409, 'USERNAME_HELD')
    }
    const changes = await on.database.prisma.usernameChange.findMany({
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
    const member = await signUp(on.app)
    const username = freshName('again')
    await claim(member, username)
    await deleteAccount(member)
    const anew = await on.app.inject({
      method: 'POST',
      url: '/api/auth/sign-up/email',
      headers: { origin: home },
      payload: { email: member.email, password, name: 'Again' },
    })
    expect(anew.statusCode).toBe(200)
    expect(anew.json().user.id).not.toBe(member.id)
    const headers = { cookie: cookieOf(anew), origin: home, 'content-type': 'application/json' }
    const me = await on.app.inject({ url: query('profile.me'), headers })
    expect(me.json().result.data).toMatchObject({ username: null, displayName: 'Again' })
    const claimed = await post(on.app, '/trpc/profile.claimUsername', { username }, headers)
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
    const member = await signUp(on.app)
    const username = freshName('kept')
    await claim(member, username)
    const answer = await deleteAccount(member, body)
    expect(answer.statusCode).toBe(400)
    expectNoInternals(answer)
    await expectThere(member, username)
  })

  test('takes its session, and a page of our own', async () => {
    const member = await signUp(on.app)
    const username = freshName('kept')
    await claim(member, username)
    const { cookie, 'content-type': json } = member.browser
    const nobody = await post(
      on.app,
      '/api/auth/delete-user',
      { password },
      { origin: home, 'content-type': json },
    )
    expect(nobody.statusCode).toBe(401)
    const foreign = { cookie, origin: stranger, 'content-type': json }
    expectRefusal(await post(on.app, '/api/auth/delete-user', { password }, foreign), 403, 'FORBIDDEN')
    await expectThere(member, username)
  })

  test('that never had a name or a profile is gone too', async () => {
    const member = await signUp(on.app)
    expect((await deleteAccount(member)).statusCode).toBe(200)
    await expectGone(member)
  })
})
