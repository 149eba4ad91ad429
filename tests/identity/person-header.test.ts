import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient, failureOf } from '../../client/index.ts'
import { personHeader } from '../../shared/wire.ts'
import { appOn, type Member, post, signUp } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'

describe.each(engines)('a request that says whom it is of on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let alice: Member
  let carol: Member
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    alice = await signUp(app)
    carol = await signUp(app)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const ownerOf = async (key: string) =>
    (await database.prisma.username.findUnique({ where: { key } }))?.ownerId

  test.each(['browser', 'program'] as const)('of a %s is done for them, and for nobody else', async (way) => {
    const [theirs, others] = [freshName('theirs'), freshName('others')]
    const claim = (username: string, meant: string) =>
      post(app, '/trpc/profile.claimUsername', { username }, { ...carol[way], [personHeader]: meant })
    for (const meant of [alice.id, '', `${carol.id}, ${carol.id}`, '%']) {
      expectRefusal(await claim(others, meant), 401, 'SIGNED_OUT')
    }
    expect((await claim(theirs, carol.id)).statusCode).toBe(200)
    expect([await ownerOf(theirs), await ownerOf(others)]).toEqual([carol.id, undefined])
  })

  test.each([
    ['auth0|abc', 'auth0%7cabc'],
    ['auth0|abc', '%61uth0%7Cabc'],
    ["o'neil (x)", 'o%27neil%20%28x%29'],
  ])('may encode %j as %s', async (id, meant) => {
    const mounted = await appOn(database, { authenticate: async () => ({ id, name: 'X' }) })
    const headers = { 'content-type': 'application/json', [personHeader]: meant }
    const claim = { username: freshName('encoded') }
    expect((await post(mounted, '/trpc/profile.claimUsername', claim, headers)).statusCode).toBe(200)
    await mounted.close()
  })

  test('is refused call by call in a batch', async () => {
    const name = freshName('batched')
    const answer = await post(
      app,
      '/trpc/profile.me,profile.claimUsername?batch=1',
      { 0: null, 1: { username: name } },
      { ...carol.browser, [personHeader]: alice.id },
    )
    expect(answer.body).not.toContain(carol.email)
    expect(await ownerOf(name)).toBeUndefined()
  })

  test('is sent by the client for whom a page shows, whatever their id', async () => {
    const id = 'größer/als, "ü" 😀'
    const mounted = await appOn(database, { authenticate: async () => ({ id, name: 'Ü' }) })
    const url = await mounted.listen({ host: '127.0.0.1', port: 0 })
    const name = freshName('shown')
    const claimAs = (person: string | (() => string | undefined)) =>
      createDibsClient({ url, person })
        .profile.claimUsername.mutate({ username: name as never })
        .then(
          ({ username }) => username,
          (error) => failureOf(error).kind,
        )
    expect(await claimAs('somebody else')).toBe('SIGNED_OUT')
    expect(await claimAs(() => id)).toBe(name)
    expect(await claimAs(() => undefined)).toBe(name)
    await mounted.close()
  })
})
