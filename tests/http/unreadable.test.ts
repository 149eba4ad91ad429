import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createBareApp } from '../../server/http/bare-app.ts'
import { home } from './app.ts'

const garbage = 'hello\r\n\r\n'
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`
const chunked = (path: string, type = 'application/json') =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`
const half =
  'POST /held HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{"a"'

describe('what cannot be read', () => {
  let app: FastifyInstance
  let socket: Socket
  /** All that comes back until the server hangs up. */
  let answered: Promise<string>
  let begun: string[]
  let lines: string[]
  let letGo: () => void

  beforeEach(async () => {
    begun = []
    lines = []
    const log = pino({ base: null }, { write: (line: string) => void lines.push(line) })
    app = await createBareApp({
      settings: { publicUrl: home, corsOrigins: [], trustProxy: false },
      log,
    })
    const held = new Promise<void>((resolve) => {
      letGo = resolve
    })
    app.all<{ Querystring: { n?: string } }>('/held', async ({ query: { n = '1' } }) => {
      begun.push(n)
      app.server.emit('begun')
      await held
      return { held: n }
    })
    app.get('/stream', (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-length': 400 })
      reply.raw.write('x'.repeat(40))
      void held.then(() => reply.raw.end('y'.repeat(360)))
    })
    app.get('/now', async () => 'now')
    app.post('/refused', { onRequest: (_request, reply) => void reply.code(415).send('refused') }, () => '')
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
    app.server.requestTimeout = 300
    app.server.headersTimeout = 300
    socket = connect(Number(port), '127.0.0.1')
    answered = text(socket)
    await once(socket, 'connect')
  })
  afterEach(async () => {
    letGo()
    socket.destroy()
    await app.close()
  })

  const statuses = (all: string) => all.match(/HTTP\/1\.1 \d+/g)
  const failed = () => once(app.server, 'clientError')
  const told = () => lines.filter((line) => line.includes('"msg":"no request"'))
  async function untilBegun(many = 1) {
    while (begun.length < many) await once(app.server, 'begun')
  }

  test('does not get into the answer that is being sent', async () => {
    socket.write(get('/stream'))
    await once(socket, 'readable')
    const unreadable = failed()
    socket.write(garbage)
    await unreadable
    letGo()
    const all = await answered
    expect(all.split('\r\n\r\n')[1]).toBe('x'.repeat(40) + 'y'.repeat(360))
    expect(told()).toHaveLength(1)
  })

  test.each([
    ['no HTTP', garbage],
    ['headers that stop coming', 'GET /now HTTP/1.1\r\nhost: x\r\nx-slow: '],
    ['headers without end', `GET /now HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}`],
    ['a body that stops coming', half],
    ['a body in broken chunks', `${chunked('/held?n=2')}zzz\r\n`],
  ])('is not the answer to what came whole before it: %s', async (_what, bytes) => {
    socket.write(get('/held'))
    await untilBegun()
    const unreadable = failed()
    socket.write(bytes)
    await unreadable
    letGo()
    const all = await answered
    expect(statuses(all)).toEqual(['HTTP/1.1 200'])
    expect(all).toMatch(/^connection: close\r$/im)
    expect(all).toMatch(/\{"held":"1"\}$/)
    expect(begun).toEqual(['1'])
  })

  test('hangs up on nobody who waits for several answers', async () => {
    socket.write(get('/held?n=1') + get('/held?n=2') + garbage)
    await untilBegun(2)
    letGo()
    const all = await answered
    expect(statuses(all)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(all.match(/\{.*?\}/g)).toEqual(['{"held":"1"}', '{"held":"2"}'])
    expect(all.match(/^connection: \S+/gim)?.map((line) => line.toLowerCase())).toEqual([
      'connection: keep-alive',
      'connection: close',
    ])
  })

  test('is told once, however much of it comes', async () => {
    socket.write(get('/held'))
    await untilBegun()
    for (let times = 0; times < 20; times++) {
      const unreadable = failed()
      socket.write(garbage)
      await unreadable
    }
    letGo()
    expect(statuses(await answered)).toEqual(['HTTP/1.1 200'])
    expect(told()).toHaveLength(1)
  })

  test('is answered where nothing else is owed', async () => {
    socket.write(get('/now'))
    await once(socket, 'readable')
    socket.write(garbage)
    expect(statuses(await answered)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400'])
  })

  test('in a request’s own body is the answer to that request', async () => {
    socket.write(`${chunked('/held')}zzz\r\n`)
    expect(statuses(await answered)).toEqual(['HTTP/1.1 400'])
    expect(begun).toEqual([])
  })

  test('in the body of a request that was refused before is answered no second time', async () => {
    socket.write(chunked('/refused', 'text/plain'))
    await once(socket, 'readable')
    socket.write('zzz\r\n')
    expect(statuses(await answered)).toEqual(['HTTP/1.1 415'])
  })
})
