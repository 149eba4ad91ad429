import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { match, safe } from '../../client/index.ts'
import { freePort } from '../support/server.ts'
import { meetingOf } from './meeting.ts'
import { clientFor, failureFrom, transports } from './serving.ts'

const noAnswer = {
  kind: 'NO_ANSWER',
  payload: null,
  message: 'The service did not answer. Check the connection and try again.',
  requestId: undefined,
}

/** What stands between a client and Dibs, and answers in its place. */
const inBetween: Record<string, RequestListener> = {
  'a proxy says 502 in HTML': (_, response) =>
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  'a login page of a hotel says 200': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<form>Room number</form>'),
  'a gateway says 504 in JSON of its own': (_, response) =>
    response.writeHead(504, { 'content-type': 'application/json' }).end('{"message":"Endpoint timed out"}'),
  'a gateway says null': (_, response) =>
    response.writeHead(500, { 'content-type': 'application/json' }).end('null'),
  'a gateway says an error without data': (_, response) =>
    response
      .writeHead(500, { 'content-type': 'application/json' })
      .end('{"error":{"message":"no","code":-32603}}'),
  'the answer is empty': (_, response) => response.writeHead(200).end(),
  'the answer is cut off': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
    response.write('[{"result":{"da', () => response.destroy())
  },
  'a streamed answer is cut off after its head': (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
    response.write('{"0":[[0],[null,0,0]]}\n', () => response.destroy())
  },
  'the connection breaks': (request) => request.socket.destroy(),
}

describe.each(transports)('a call without an answer, sent as %s, reads as NO_ANSWER', (transport) => {
  let server: Server | undefined
  afterEach(async () => {
    server?.closeAllConnections()
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)))
    server = undefined
  })

  async function listen(answer: RequestListener): Promise<{ url: string }> {
    const listening = createServer(answer)
    server = listening
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
    return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}` }
  }

  test.each(Object.entries(inBetween))('when %s', async (_, answer) => {
    const { profile } = clientFor(await listen(answer), { transport, retries: 0 })
    expect(await failureFrom(profile.me.query())).toEqual(noAnswer)
    expect(await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).toEqual(noAnswer)
  })

  test('when nobody listens', async () => {
    const { profile } = clientFor({ url: `http://127.0.0.1:${await freePort()}` }, { transport, retries: 0 })
    expect(await failureFrom(profile.me.query())).toEqual(noAnswer)
  })

  test('when it was aborted before it was sent', async () => {
    const { profile } = clientFor({ url: 'http://127.0.0.1' }, { transport, retries: 0 })
    expect(await failureFrom(profile.me.query(undefined, { signal: AbortSignal.abort() }))).toEqual(noAnswer)
  })

  test('when it was aborted before it was made, and is not sent along with another', async () => {
    const sent: unknown[] = []
    async function fetch(_: unknown, init?: RequestInit): Promise<never> {
      sent.push(init?.body)
      throw new TypeError('offline')
    }
    const { profile } = clientFor({ url: 'http://127.0.0.1' }, { transport, retries: 0, fetch })
    const signal = AbortSignal.abort()
    const failures = await Promise.all([
      failureFrom(profile.claimUsername.mutate({ username: 'neo' }, { signal })),
      failureFrom(profile.claimUsername.mutate({ username: 'trinity' })),
    ])
    expect(failures).toEqual([noAnswer, noAnswer])
    expect(sent).toEqual([expect.stringContaining('trinity')])
    expect(sent[0]).not.toContain('neo')
  })

  test('when it was aborted while it was under way', async () => {
    const arrival = meetingOf(2)
    const { profile } = clientFor(await listen(arrival), { transport, retries: 0 })
    const aborting = new AbortController()
    const failure = failureFrom(profile.me.query(undefined, { signal: aborting.signal }))
    await arrival()
    aborting.abort()
    expect(await failure).toEqual(noAnswer)
  })

  test('when the latest token cannot be had', async () => {
    const token = () => Promise.reject(new Error('the key store is locked'))
    const { profile } = clientFor({ url: 'http://127.0.0.1' }, { transport, token, retries: 0 })
    const message = 'The token of whoever is signed in could not be had.'
    expect(await failureFrom(profile.me.query())).toEqual({ ...noAnswer, message })
  })

  test('and goes to the case of that name, else to otherwise', async () => {
    const { profile } = clientFor({ url: `http://127.0.0.1:${await freePort()}` }, { transport, retries: 0 })
    const [, error] = await safe(profile.me.query())
    const declared = { SIGNED_OUT: () => 'signed out' }
    expect(error && match(error, { ...declared, NO_ANSWER: () => 'offline', otherwise: () => 'other' })).toBe(
      'offline',
    )
    expect(error && match(error, { ...declared, otherwise: ({ kind }) => kind })).toBe('NO_ANSWER')
  })
})
