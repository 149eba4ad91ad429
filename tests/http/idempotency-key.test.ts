import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { anyRenames } from '../support/rules.ts'
import { appOn, friend, type Member, post, query, signUp } from './app.ts'
import { expectRefusal } from './refusal.ts'

describe.each(engines)('the Idempotency-Key header, on %s,', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  let names = 0
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database, { settings: { nameRules: anyRenames } })
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })
  beforeEach(async () => {
    member = await signUp(app)
  })

  const newName = () => `header-${++names}`
  const claim = (key: string | string[], username: string, input: object = {}) =>
    post(app, '/trpc/profile.claimUsername', { username, ...input }, headersWith(key))
  const release = (key: string) => post(app, '/trpc/profile.releaseUsername', {}, headersWith(key))
  const headersWith = (key: string | string[]) => ({ ...member.program, 'idempotency-key': key })

  test('answers a claim and a release alike when they come again', async () => {
    const [first, second] = [newName(), newName()]
    const claimed = await claim('"one"', first)
    expect(claimed.statusCode).toBe(200)
    await claim('"two"', second)
    expect((await claim('"one"', first)).json()).toEqual(claimed.json())
    const released = await release('"three"')
    expect(released.json().result.data.released).toBe(second)
    expect((await release('"three"')).json()).toEqual(released.json())
    expectRefusal(await release('"one"'), 422, 'IDEMPOTENCY_KEY_REUSED')
  })

  test.each([
    ['in quotes', '"8e03978e-40d5-43dd-bc93-6894a57f9324"', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['as it is', '8e03978e-40d5-43dd-bc93-6894a57f9324', '8e03978e-40d5-43dd-bc93-6894a57f9324'],
    ['with a quote in it', String.raw`"a\"b\\c"`, String.raw`a"b\c`],
    ['with a parameter, which says nothing', '"key";once', 'key'],
    ['in base64', 'kG5+w/8=', 'kG5+w/8='],
    ['of 255 characters', 'k'.repeat(255), 'k'.repeat(255)],
  ])('takes a key %s', async (_what, sent, key) => {
    const username = newName()
    expect((await claim(sent, username)).statusCode).toBe(200)
    const rows = await database.prisma.idempotencyKey.findMany({ where: { personId: member.id } })
    expect(rows.map((row) => row.key)).toEqual([key])
    expect((await claim(sent, username, { idempotencyKey: key })).statusCode).toBe(200)
  })

  test.each([
    ['empty', ''],
    ['an empty string', '""'],
    ['not closed', '"key'],
    ['followed by more', '"key"x'],
    ['with a space in it', '"a key"'],
    ['two words', 'a key'],
    ['two keys', '"one", "two"'],
    ['two keys without quotes', 'one,two'],
    ['sent twice', ['"one"', '"two"']],
    ['with an escape there is not', String.raw`"a\n"`],
    ['not ASCII', '"schl\u00fcssel"'],
    ['not ASCII without quotes', 'schl\u00fcssel'],
    ['too long', `"${'k'.repeat(256)}"`],
    ['a list', '("one" "two")'],
  ])('is refused when it is %s', async (_what, key) => {
    const username = newName()
    const refused = expectRefusal(await claim(key, username), 400, 'INVALID_INPUT')
    expect(refused.payload.form).toEqual([
      'The Idempotency-Key must be 1 to 255 visible ASCII characters, in quotes or without.',
    ])
    expect(await database.prisma.username.findUnique({ where: { key: username } })).toBeNull()
  })

  test('may not differ from the key of the input', async () => {
    const username = newName()
    const answer = await claim('"one"', username, { idempotencyKey: 'two' })
    expect(expectRefusal(answer, 400, 'INVALID_INPUT').payload.fields).toEqual({
      idempotencyKey: ['It differs from the Idempotency-Key header. Send one of them'],
    })
    expect(await database.prisma.username.findUnique({ where: { key: username } })).toBeNull()
    expect((await claim('"two"', username, { idempotencyKey: 'two' })).statusCode).toBe(200)
  })

  test('goes with one call, not with a batch of more', async () => {
    const [first, second] = [newName(), newName()]
    const path = '/trpc/profile.claimUsername,profile.claimUsername?batch=1'
    const inputs = { 0: { username: first }, 1: { username: second } }
    const refused = expectRefusal(await post(app, path, inputs, headersWith('"one"')), 400, 'INVALID_INPUT')
    expect(refused.payload.form).toEqual([
      'Send an Idempotency-Key with one call only, or a key in each input.',
    ])
    expect(await database.prisma.username.count({ where: { key: { in: [first, second] } } })).toBe(0)
    const single = '/trpc/profile.claimUsername?batch=1'
    const answer = await post(app, single, { 0: { username: first } }, headersWith('"one"'))
    expect(answer.json()[0].result.data.key).toBe(first)
  })

  test('says nothing to a query', async () => {
    const answer = await app.inject({
      url: query('profile.me'),
      headers: { ...member.program, 'idempotency-key': '"not closed' },
    })
    expect(answer.statusCode).toBe(200)
  })

  test('may be sent by a page of another origin that CORS_ORIGINS names', async () => {
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/trpc/profile.claimUsername',
      headers: {
        origin: friend,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type,idempotency-key',
      },
    })
    expect(preflight.statusCode).toBe(204)
    expect(preflight.headers['access-control-allow-headers']).toBe('content-type,idempotency-key')
    const username = newName()
    const headers = { ...member.browser, origin: friend, 'idempotency-key': randomUUID() }
    const answer = await post(app, '/trpc/profile.claimUsername', { username }, headers)
    expect(answer.json().result.data.key).toBe(username)
  })
})
