import { describe, expect, test } from 'vitest'
import { type Member, post, signUp } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { freshName, times } from '../race/world.ts'
import { engines } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { onAccounts } from './on-accounts.ts'

describe.each(engines)('an account that is deleted at the same moment, on %s,', (engine) => {
  const on = onAccounts(engine)
  const { deleteAccount, claim, signIn, personOf, expectThere, expectGone } = on

  test('twice at once is deleted once', async () => {
    const member = await signUp(on.app)
    await claim(member, freshName('twice'))
    const answers = await Promise.all([deleteAccount(member), deleteAccount(member)])
    expect(answers.map(({ statusCode }) => statusCode).toSorted()[0]).toBe(200)
    for (const answer of answers) expect([200, 401]).toContain(answer.statusCode)
    await expectGone(member)
    const causes = { personId: member.id, cause: 'deleted' }
    expect(await on.database.prisma.usernameChange.count({ where: causes })).toBe(1)
  })

  test('while it claims in other tabs has no name afterwards', async () => {
    const member = await signUp(on.app)
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
    const member = await signUp(on.app)
    const username = freshName('wanted')
    await claim(member, username)
    const others = [await signUp(on.app), await signUp(on.app)]
    const [, ...claims] = await Promise.all([
      deleteAccount(member),
      ...times(10, (at) => claim(others[at % 2] ?? member, username)),
    ])
    for (const answer of claims) {
      const kind = answer.json().error.data.kind
      expect(['USERNAME_TAKEN', 'USERNAME_HELD']).toContain(kind)
      expectRefusal(answer, 409, kind)
    }
    for (const other of others) expect((await personOf(other.id))?.usernameKey ?? null).toBeNull()
  })

  test('while somebody signs in to it ends in one or the other', async () => {
    const member = await signUp(on.app)
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
      lock(on.database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [member.id])

    test('after a claim holds the name of that claim', async () => {
      const member = await signUp(on.app)
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
      expectRefusal(await claim(await signUp(on.app), username), 409, 'USERNAME_HELD')
    })

    test.each([
      ['with', { idempotencyKey: 'late' }],
      ['without', {}],
    ])('before a claim %s a key refuses it as signed out', async (_what, key) => {
      const member = await signUp(on.app)
      const username = freshName('late')
      await claim(member, freshName('first'))
      const held = await profileOf(member)
      const deleting = deleteAccount(member)
      await held.waiting(1)
      const claiming = post(on.app, '/trpc/profile.claimUsername', { username, ...key }, member.program)
      await held.waiting(2)
      await held.release()
      expect((await deleting).statusCode).toBe(200)
      expectRefusal(await claiming, 401, 'SIGNED_OUT')
      await expectGone(member)
      expect(await on.database.prisma.username.findUnique({ where: { key: username } })).toBeNull()
    })

    test('before a change of its person’s name refuses it as signed out', async () => {
      const member = await signUp(on.app)
      const held = await lock(on.database, 'SELECT FROM users WHERE id = $1 FOR UPDATE', [member.id])
      const deleting = deleteAccount(member)
      await held.waiting(1)
      const renaming = post(on.app, '/api/auth/update-user', { name: 'Late' }, member.browser)
      await held.waiting(2)
      await held.release()
      expect((await deleting).statusCode).toBe(200)
      const answer = await renaming
      expect([answer.statusCode, answer.json()]).toEqual([
        401,
        { code: 'UNAUTHORIZED', message: 'Sign in first.' },
      ])
      expect(answer.headers['www-authenticate']).toBe('Bearer')
      expect(String(answer.headers['set-cookie'])).not.toContain('session_token')
      await expectGone(member)
    })

    test('is all there when the database went away meanwhile, and can be deleted again', async () => {
      const member = await signUp(on.app)
      const username = freshName('away')
      await claim(member, username)
      // Forgetting is done by then; what is left is the account.
      const held = await lock(on.database, 'SELECT FROM users WHERE id = $1 FOR UPDATE', [member.id])
      const deleting = deleteAccount(member)
      await held.waiting(1)
      await held.terminateWaiting()
      expect((await deleting).statusCode).toBe(503)
      await held.release()
      await expectThere(member, username)
      expect((await deleteAccount(member)).statusCode).toBe(200)
      await expectGone(member)
    })
  })
})
