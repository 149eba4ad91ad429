import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn, type Member, post, signUp } from './app.ts'
import { expectRefusal } from './refusal.ts'

const names = (howMany: number, path = 'profile.me') => Array(howMany).fill(path).join(',')

describe.each(engines)('a batch on %s', (engine) => {
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

  async function expectNothingHappened() {
    expect(await database.prisma.username.findMany({ where: { ownerId: { not: null } } })).toEqual([])
  }

  test('may hold 20', async () => {
    const answer = await app.inject({ url: `/trpc/${names(20)}?batch=1`, headers: member.browser })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toHaveLength(20)
  })

  test.each([21, 60])('may not hold %i', async (howMany) => {
    const asked = await app.inject({ url: `/trpc/${names(howMany)}?batch=1`, headers: member.browser })
    expect(expectRefusal(asked, 400, 'INVALID_INPUT').payload.form).toEqual([
      'Send at most 20 calls in one batch.',
    ])
    const claims = Object.fromEntries(
      Array.from({ length: howMany }, (_, at) => [at, { username: `batched-${at}` }]),
    )
    const told = await post(
      app,
      `/trpc/${names(howMany, 'profile.claimUsername')}?batch=1`,
      claims,
      member.browser,
    )
    expectRefusal(told, 400, 'INVALID_INPUT')
    await expectNothingHappened()
  })

  test.each([
    ['escaped once', '%2C'],
    ['escaped twice', '%252C'],
  ])('may not hold 21 whose commas are %s', async (_how, comma) => {
    const path = (name: string) => names(21, name).replaceAll(',', comma)
    const asked = await app.inject({ url: `/trpc/${path('profile.me')}?batch=1`, headers: member.browser })
    expect(expectRefusal(asked, 400, 'INVALID_INPUT').payload.form).toEqual([
      'Send at most 20 calls in one batch.',
    ])
    const claims = Object.fromEntries(Array.from({ length: 21 }, (_, at) => [at, { username: `sly-${at}` }]))
    const told = await post(app, `/trpc/${path('profile.claimUsername')}?batch=1`, claims, member.browser)
    expect(expectRefusal(told, 400, 'INVALID_INPUT').payload.form).toEqual([
      'Send at most 20 calls in one batch.',
    ])
    await expectNothingHappened()
  })

  test('whose commas are escaped three times is one call of a procedure that is not there', async () => {
    const url = `/trpc/${names(60).replaceAll(',', '%25252C')}?batch=1`
    expectRefusal(await app.inject({ url, headers: member.browser }), 404, 'NOT_FOUND')
  })

  test('whose path cannot be decoded as often as it is encoded is refused', async () => {
    const url = `/trpc/${names(2)}%25ZZ?batch=1`
    expectRefusal(await app.inject({ url, headers: member.browser }), 400, 'INVALID_INPUT')
  })

  test.each([
    ['1000 names', names(1000)],
    ['100 commas', ','.repeat(100)],
    ['100 escaped commas', '%2C'.repeat(100)],
    ['100 commas that are escaped twice', '%252C'.repeat(100)],
    ['5000 commas', ','.repeat(5000)],
  ])('is refused for %s in one short answer', async (_what, path) => {
    const answer = await app.inject({ url: `/trpc/${path}?batch=1`, headers: member.browser })
    expect([400, 413]).toContain(answer.statusCode)
    expectRefusal(answer, answer.statusCode, 'INVALID_INPUT')
    expect(answer.body.length).toBeLessThan(500)
  })

  test.each([
    ['a list', '[{"username":"first-one"},{"username":"second-one"}]'],
    ['null', 'null'],
    ['prototype keys', '{"__proto__":{"username":"first-one"},"constructor":{"username":"second-one"}}'],
    ['indices beyond the batch', '{"2":{"username":"first-one"},"-1":{"username":"second-one"}}'],
  ])('is refused with %s for its inputs', async (_what, body) => {
    const path = names(2, 'profile.claimUsername')
    expectRefusal(await post(app, `/trpc/${path}?batch=1`, body, member.browser), 400, 'INVALID_INPUT')
    await expectNothingHappened()
  })
})
