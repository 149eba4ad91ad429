import { once } from 'node:events'
import { connect } from 'node:net'
import type { FastifyInstance } from 'fastify'
import pino from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openLookUps } from '../../server/domain/look-ups.ts'
import { createBareApp } from '../../server/http/bare-app.ts'
import { serveRouter } from '../../server/http/trpc-routes.ts'
import { procedure, router } from '../../server/trpc/init.ts'
import { anyone } from '../../server/trpc/procedure.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import { appOn, home, query } from './app.ts'
import { expectRefusal } from './refusal.ts'

describe('the log', () => {
  let database: TestDatabase
  let app: FastifyInstance
  let url: string
  const lines: { msg: string; level: number; req?: { url: string }; reqId?: string }[] = []
  const log = pino({}, { write: (line) => void lines.push(JSON.parse(line)) })
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    app = await appOn(database, { log })
    url = await app.listen({ host: '127.0.0.1', port: 0 })
  })
  beforeEach(() => {
    lines.length = 0
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const requests = () => lines.filter(({ reqId }) => reqId !== undefined)

  test('has one line for a request that is answered', async () => {
    await fetch(`${url}${query('profile.checkUsername', { username: 'neo' })}`)
    await expect.poll(requests).toMatchObject([{ msg: 'request completed' }])
  })

  test('has one line for a stream that whoever asked for it leaves', async () => {
    const leave = new AbortController()
    const path = query('profile.watchUsername', { username: 'neo' })
    const answer = await fetch(`${url}${path}`, { signal: leave.signal })
    expect(answer.status).toBe(200)
    leave.abort()
    await expect.poll(requests).toMatchObject([{ msg: 'request aborted', req: { url: path } }])
  })

  test('has one line for a request that nobody waits for', async () => {
    const leave = new AbortController()
    const { query: ask } = database
    const asked = new Promise<void>((resolve) => {
      Object.assign(database, { query: () => new Promise(() => resolve()) })
    })
    try {
      const path = query('profile.checkUsername', { username: 'trinity' })
      const answer = fetch(`${url}${path}`, { signal: leave.signal }).catch(() => 'left')
      await asked
      leave.abort()
      expect(await answer).toBe('left')
      await expect.poll(requests).toMatchObject([{ msg: 'request aborted', req: { url: path } }])
    } finally {
      Object.assign(database, { query: ask })
    }
  })

  test.each([query('profile.checkUsername', { username: 'morpheus' }), '/api/auth/get-session'])(
    'has no defect for who hangs up before they are answered by %s',
    async (path) => {
      app.server.once('request', ({ socket }) => socket.destroy())
      const asked = once(app.server, 'request')
      const answer = fetch(`${url}${path}`).catch(() => 'left')
      const [, response] = await asked
      expect(await answer).toBe('left')
      await expect.poll(() => response.writableEnded).toBe(true)
      expect(response.statusCode).toBe(200)
      expect(lines.filter(({ level }) => level >= 50)).toEqual([])
    },
  )

  test('has no defect for who hangs up while it is found out who they are, and their claim is made', async () => {
    const person = { id: 'hanging-up', name: '' }
    const serving = await appOn(database, {
      log,
      async authenticate() {
        socket.destroy()
        await gone
        return person
      },
    })
    const gone = new Promise((resolve) =>
      serving.server.once('connection', (their) => their.once('close', resolve)),
    )
    const { port } = new URL(await serving.listen({ host: '127.0.0.1', port: 0 }))
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    const body = '{"username":"hung-up"}'
    socket.write(
      `POST /trpc/profile.claimUsername HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    const owner = () => database.prisma.username.findUnique({ where: { key: 'hung-up' } })
    await expect.poll(owner).toMatchObject({ ownerId: person.id })
    await serving.close()
    expect(requests()).toMatchObject([{ msg: 'request aborted' }])
  })

  test('has one line for each defect, also outside of what Dibs’ own procedures settle, and where it was', async () => {
    const broken = () => {
      throw new Error('defect of a test')
    }
    const serving = await createBareApp({
      settings: { publicUrl: home, corsOrigins: [], trustProxy: false },
      log,
    })
    const routes = router({
      lost: anyone('NO_USERNAME').query(({ ctx }) => ctx.fail('NO_USERNAME', {})),
      settled: anyone().query(broken),
      plain: procedure.query(broken),
      unwritable: anyone().query(() => 1n),
    })
    const lookUps = openLookUps(database, usualRules)
    const options = {
      whoIs: async () => null,
      origins: new Set<string>(),
      database,
      rules: usualRules,
      lookUps,
    }
    await serving.register((scope) => serveRouter(scope, { ...options, limits: null, router: routes }), {
      prefix: '/trpc',
    })
    const stack = expect.stringMatching(/\n\s+at /)
    for (const path of ['settled', 'plain', 'unwritable']) {
      for (const headers of [{}, { 'trpc-accept': '' }]) {
        // It is made without a stack, and the defects after it have theirs.
        expectRefusal(await serving.inject({ url: '/trpc/lost', headers }), 404, 'NO_USERNAME')
        lines.length = 0
        const answer = await serving.inject({ url: `/trpc/${path}`, headers })
        const { requestId } = expectRefusal(answer, 500, 'UNEXPECTED')
        const defects = lines.filter(({ level }) => level >= 50)
        expect(defects, path).toMatchObject([{ msg: 'defect', reqId: requestId, err: { stack } }])
      }
    }
    await serving.close()
  })
})
