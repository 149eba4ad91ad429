import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { authRoutes } from '../../server/http/auth-routes.ts'
import { createBareApp } from '../../server/http/bare-app.ts'
import { openTestDatabase, silent, type TestDatabase } from '../support/database.ts'
import { whileRefusing } from '../support/refusing.ts'
import { appOn, home, type Member, post, signUp } from './app.ts'
import { exchange } from './lean/exchange.ts'
import { expectRefusal } from './refusal.ts'

describe('the routes of better-auth', () => {
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  let port: number
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    app = await appOn(database)
    port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
    member = await signUp(app)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  test.each(['ok', 'get-session', 'error?error=x', 'nope', 'sign-in/email'])(
    'answer HEAD of %s as GET, without a body',
    async (path) => {
      const target = `/api/auth/${path}`
      const ask = async (method: string) => {
        const { status, headers, body } = await exchange(port, { method, target, headers: member.program })
        return { status, names: headers.map(([name]) => name), body }
      }
      expect(await ask('HEAD')).toEqual({ ...(await ask('GET')), body: '' })
    },
  )

  test('are not counted for a path that climbs out of theirs', async () => {
    const limited = await appOn(database, { settings: { rateLimits: true } })
    const limitedPort = Number(new URL(await limited.listen({ host: '127.0.0.1', port: 0 })).port)
    const ask = (target: string) => exchange(limitedPort, { method: 'GET', target, headers: {} })
    expect((await ask('/api/auth/ok')).status).toBe(200)
    const before = await database.prisma.rateLimit.count()
    expect(before).toBeGreaterThan(0)
    for (const eight of ['AAAAAAA1', 'AAAAAAA2', '%2E%2E/aa']) {
      expect((await ask(`/api/auth/../../${eight}/sign-out`)).status).toBe(404)
    }
    expect(await database.prisma.rateLimit.count()).toBe(before)
    await limited.close()
  })

  test('log a defect once, and nothing of it past the log', async () => {
    const logged: Record<string, unknown>[] = []
    const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line)) })
    const watched = await appOn(database, { log })
    const past = vi.spyOn(console, 'error')
    const answer = await whileRefusing(database, 'UPDATE ON users', 'raise_exception', () =>
      post(watched, '/api/auth/update-user', { name: 'X' }, member.browser),
    )
    const { requestId } = expectRefusal(answer, 500, 'UNEXPECTED')
    expect(logged).toMatchObject([
      { reqId: requestId, err: { stack: expect.stringContaining('raise_exception') } },
    ])
    expect(past).not.toHaveBeenCalled()
    past.mockRestore()
    await watched.close()
  })

  test('end in a failure where better-auth sets a header that none can be', async () => {
    const bare = await createBareApp({
      settings: { publicUrl: home, corsOrigins: [], trustProxy: false },
      log: silent,
    })
    const headers = { 'x-first': 'left behind', location: '/\u0001', 'set-cookie': 'a=b' }
    const auth = async () => ({
      handler: async () => Response.json({}, { headers }),
      paths: new Set(['/ok']),
      sessionOf: async () => null,
    })
    await bare.register(authRoutes, {
      prefix: '/api/auth',
      auth,
      publicUrl: home,
      origins: new Set<string>(),
    })
    const answer = await bare.inject({ url: '/api/auth/ok' })
    expectRefusal(answer, 500, 'UNEXPECTED')
    expect(answer.headers).not.toHaveProperty('set-cookie')
    expect(answer.headers).not.toHaveProperty('x-first')
    await bare.close()
  })
})
