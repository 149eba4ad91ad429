import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openLookUps } from '../../server/domain/look-ups.ts'
import { createBareApp } from '../../server/http/bare-app.ts'
import { trpcRoutes } from '../../server/http/trpc-routes.ts'
import { engines, openTestDatabase, silent, type TestDatabase } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import { appOn, home, type Member, post, query, signUp } from './app.ts'
import { expectRefusal } from './refusal.ts'

describe.each(engines)('limits of calls on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database, { settings: { rateLimits: true } })
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  test('count claims and releases of a person together', async () => {
    const { program } = await signUp(app)
    const claim = () => post(app, '/trpc/profile.claimUsername', { username: `mixed-${engine}` }, program)
    const release = () => post(app, '/trpc/profile.releaseUsername', {}, program)
    for (let at = 0; at < 15; at++) {
      for (const act of [claim, release]) expect((await act()).statusCode).toBe(200)
    }
    for (const act of [release, claim]) expectRefusal(await act(), 429, 'RATE_LIMITED')
  })

  test('count people at one address apart, and from whoever is not signed in there', async () => {
    const check = (headers: Partial<Member['program']>) =>
      app.inject({ url: query('profile.checkUsername', { username: 'limited' }), headers })
    for (const headers of [(await signUp(app)).program, (await signUp(app)).program, {}]) {
      const answers = await Promise.all(Array.from({ length: 120 }, () => check(headers)))
      expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array(120).fill(200))
      expectRefusal(await check(headers), 429, 'RATE_LIMITED')
    }
  })

  test('have a batch wait as long as the call of it that must wait longest', async () => {
    const waits = [1_500, 60_400, 200]
    const limits = { take: async () => waits.shift() ?? 0, enter: () => null }
    const settings = { publicUrl: home, corsOrigins: [], trustProxy: false as const }
    const limiting = await createBareApp({ settings, log: silent })
    const options = {
      whoIs: async () => null,
      origins: new Set<string>(),
      database,
      rules: usualRules,
      lookUps: openLookUps(database, usualRules),
      limits,
    }
    await limiting.register(trpcRoutes, { prefix: '/trpc', ...options })
    const paths = Array(3).fill('profile.checkUsername').join(',')
    const input = JSON.stringify(Object.fromEntries([0, 1, 2].map((at) => [at, { username: 'batched' }])))
    const answer = await limiting.inject({
      url: `/trpc/${paths}?batch=1&input=${encodeURIComponent(input)}`,
    })
    expectRefusal(answer, 429, 'RATE_LIMITED')
    expect(answer.headers['retry-after']).toBe('61')
    await limiting.close()
  })
})
