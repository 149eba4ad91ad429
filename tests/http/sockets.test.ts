import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { appOn, type Member, signUp } from './app.ts'
import { expectRefusal } from './refusal.ts'

describe('on a bare socket', () => {
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  let port: number
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    app = await appOn(database)
    port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
    // The same mechanism as in production, sooner.
    expect(app.server).toMatchObject({
      requestTimeout: 20_000,
      headersTimeout: 20_000,
      timeout: 60_000,
    })
    app.server.requestTimeout = 300
    app.server.headersTimeout = 300
    member = await signUp(app)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  /** Writes these bytes, ends there only if told to, and answers all that comes back until the server hangs up. */
  async function exchange(bytes: string | Buffer, { end = false } = {}) {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    if (end) socket.end(bytes)
    else socket.write(bytes)
    const answered = await text(socket)
    const [head = '', body = ''] = answered.split('\r\n\r\n')
    const [statusLine = '', ...lines] = head.split('\r\n')
    const headers = Object.fromEntries(
      lines.map((line) => [line.split(': ')[0]?.toLowerCase(), line.split(': ')[1]]),
    )
    const [, whole = body] = body.match(/^[0-9a-f]+\r\n(.*)\r\n0$/s) ?? []
    return { statusCode: Number(statusLine.split(' ')[1]), headers, body: whole }
  }

  const claimHead = (length: number, more = '') =>
    `POST /trpc/profile.claimUsername HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: ${member.program.authorization}\r\ncontent-type: application/json\r\n${more}content-length: ${length}\r\n\r\n`

  async function expectNothingClaimed() {
    expect(await database.prisma.username.findMany({ where: { ownerId: { not: null } } })).toEqual([])
  }

  test('HEAD that cannot be read is answered without a body', async () => {
    const { statusCode, headers, body } = await exchange('HEAD /\u00e9 HTTP/1.1\r\nhost: localhost\r\n\r\n')
    expect(statusCode).toBe(400)
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(body).toBe('')
  })

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['a TLS greeting', Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03])],
    [
      'two lengths',
      'POST /trpc/profile.me HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
    ],
    [
      'a length and chunks',
      'POST /trpc/profile.me HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a NUL in a header', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: a\0b\r\n\r\n'],
    ['a space before a header’s colon', 'GET /healthz HTTP/1.1\r\nhost: x\r\nx-a : b\r\n\r\n'],
  ])('%s is answered with 400', async (_what, bytes) => {
    const answer = await exchange(bytes, { end: true })
    expect(answer.statusCode).toBe(400)
  })

  test('what is no HTTP gets the same form of answer as everything else', async () => {
    expectRefusal(await exchange('hello\r\n\r\n'), 400, 'INVALID_INPUT')
  })

  test.each([
    ['without a host', ''],
    ['whose host has a user name', 'host: u@localhost\r\n'],
    ['that expects what is not known', 'host: localhost\r\nexpect: miracles\r\n'],
  ])('a request %s does too', async (_what, lines) => {
    const body = '{"username":"expectant"}'
    const head = claimHead(body.length, lines).replace('host: localhost\r\n', '')
    const answer = await exchange(head + body)
    expectRefusal(answer, 400, 'INVALID_INPUT')
    expect(answer.headers['content-security-policy']).toContain("default-src 'none'")
    await expectNothingClaimed()
  })

  test('who expects 100-continue is told to go on, and answered', async () => {
    const lines = 'host: localhost\r\nconnection: close\r\nexpect: 100-continue\r\n'
    const answer = await exchange(`GET /healthz HTTP/1.1\r\n${lines}\r\n`)
    expect(answer.statusCode).toBe(100)
    expect(answer.body).toContain('HTTP/1.1 200 OK')
  })

  test('headers without end are too large', async () => {
    const answer = await exchange(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`)
    expectRefusal(answer, 413, 'INVALID_INPUT')
  })

  test.each(['a b', '%%%', '[::1', 'x:99999', 'a/b?c#d@e', ''])('the host %j harms nobody', async (host) => {
    for (const path of ['/trpc/profile.me', '/api/auth/get-session', '/healthz', '/nope']) {
      const answer = await exchange(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
      expect(answer.statusCode, path).toBeLessThan(500)
    }
  })

  test.each([
    ['http://localhost', '/api/auth/ok', 200],
    ['http://u:p@localhost:4802', '/api/auth/ok', 200],
    ['http://elsewhere', '/api/auth/ok#x', 200],
    ['HTTPS://elsewhere', '/trpc/profile.me', 401],
    ['http://u@elsewhere', '/trpc/profile.get?input=%7B%22username%22:%22neo%22%7D', 404],
  ])('the target %s%s is served by its path: %i', async (origin, path, status) => {
    const lines = 'host: localhost\r\nconnection: close\r\naccept: application/json\r\n'
    const answer = await exchange(`GET ${origin}${path} HTTP/1.1\r\n${lines}\r\n`)
    expect(answer.statusCode).toBe(status)
  })

  test('a request of HTTP/1.0 without a host is answered', async () => {
    const answer = await exchange('GET /api/auth/get-session HTTP/1.0\r\n\r\n')
    expect(answer).toMatchObject({ statusCode: 200, body: 'null' })
  })

  test('the first of two content types counts, and nothing is claimed by a second', async () => {
    const body = '{"username":"twice"}'
    const form = 'content-type: multipart/form-data; boundary=x\r\n'
    const head = claimHead(body.length).replace(
      'content-type: application/json\r\n',
      `${form}content-type: application/json\r\n`,
    )
    expectRefusal(await exchange(head + body), 415, 'INVALID_INPUT')
    await expectNothingClaimed()
  })

  test('two authorizations are one that nobody gave', async () => {
    const body = '{"username":"twice"}'
    const answer = await exchange(
      claimHead(body.length).replace('authorization:', 'authorization: Bearer x\r\nauthorization:') + body,
    )
    expectRefusal(answer, 401, 'SIGNED_OUT')
    await expectNothingClaimed()
  })

  test('a body cut short claims nothing', async () => {
    const answer = await exchange(`${claimHead(100)}{"username":"cut-short"}`, { end: true })
    expect(answer.statusCode).not.toBe(200)
    await expectNothingClaimed()
  })

  test('a body that stops coming is given up on', async () => {
    const answer = await exchange(`${claimHead(100)}{"username":"slow-body"}`)
    expect(expectRefusal(answer, 408, 'UNAVAILABLE').code).toBe('TIMEOUT')
    expect(answer.headers.connection).toBe('close')
    await expectNothingClaimed()
  })

  test('headers that stop coming are given up on', async () => {
    const answer = await exchange('GET /healthz HTTP/1.1\r\nhost: localhost\r\nx-slow: ')
    expectRefusal(answer, 408, 'UNAVAILABLE')
  })
})
