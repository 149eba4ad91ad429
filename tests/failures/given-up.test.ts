import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { clientFor, failureFrom, transports } from './serving.ts'

describe.each(transports)('a call that does not succeed, sent as %s,', (transport) => {
  let server: Server
  let answer: RequestListener
  let arrivals: number
  let url: string
  beforeEach(async () => {
    arrivals = 0
    server = createServer((request, response) => {
      arrivals += 1
      answer(request, response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const breaking: RequestListener = (request) => request.socket.destroy()
  /** As Dibs answers a request that it refuses as a whole. */
  function refusing(httpStatus: number, kind: string | undefined, payload: unknown): RequestListener {
    const data = { code: 'X', httpStatus, kind, payload, requestId: randomUUID() }
    const body = JSON.stringify({ error: { message: kind ?? 'Later.', code: -32000, data } })
    return (_, response) => response.writeHead(httpStatus, { 'content-type': 'application/json' }).end(body)
  }

  test.each([
    [3, {}],
    [1, { retries: 0 }],
    [2, { retries: 1 }],
  ])('is sent %i times with %o', async (times, options) => {
    answer = breaking
    const { profile } = clientFor({ url }, { transport, ...options })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(times)
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(2 * times)
  })

  test.each([
    ['somebody else', 'bob'],
    ['nobody', undefined],
  ])('is sent once when %s is shown by the time it would be sent again', async (_, next) => {
    let shown: string | undefined = 'ann'
    answer = (...exchange) => {
      shown = next
      breaking(...exchange)
    }
    const { profile } = clientFor({ url }, { transport, person: () => shown })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe('NO_ANSWER')
    shown = 'ann'
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(2)
  })

  test('is sent again once it is known who is shown', async () => {
    let shown: string | undefined
    const people: unknown[] = []
    answer = (request, response) => {
      people.push(request.headers['dibs-person'])
      shown = 'ann'
      breaking(request, response)
    }
    const { profile } = clientFor({ url }, { transport, person: () => shown })
    await failureFrom(profile.me.query())
    expect(people).toEqual([undefined, 'ann', 'ann'])
  })

  test('is sent again while the service is unavailable', async () => {
    answer = refusing(503, 'UNAVAILABLE', null)
    const { profile } = clientFor({ url }, { transport })
    expect((await failureFrom(profile.releaseUsername.mutate({}))).kind).toBe('UNAVAILABLE')
    expect(arrivals).toBe(3)
  })

  test.each([
    [401, 'SIGNED_OUT', {}],
    [409, 'USERNAME_TAKEN', { username: 'neo', suggestions: [] }],
    [429, 'RATE_LIMITED', { retryAfterMs: 1 }],
    [400, 'INVALID_INPUT', { fields: {}, form: [] }],
    [500, 'UNEXPECTED', null],
    [409, 'CONFLICT', null],
  ])('is sent once when it ends in %i %s', async (status, kind, payload) => {
    answer = refusing(status, kind, payload)
    const { profile } = clientFor({ url }, { transport })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe(kind)
    expect((await failureFrom(profile.me.query())).kind).toBe(kind)
    expect(arrivals).toBe(2)
  })

  test('is sent once when a procedure of somebody else answers it, even that it is unavailable', async () => {
    answer = refusing(503, undefined, undefined)
    const { profile } = clientFor({ url }, { transport })
    expect((await failureFrom(profile.me.query())).kind).toBe('UNEXPECTED')
    expect(arrivals).toBe(1)
  })

  test('ends at once when its caller aborts it, and is not sent again', async () => {
    const aborting = new AbortController()
    // Once its answer is lost, it waits to be sent again.
    answer = (request) => {
      request.socket.on('close', () => setImmediate(() => aborting.abort())).destroy()
    }
    const { profile } = clientFor({ url }, { transport, retries: 10 })
    const { signal } = aborting
    const claim = profile.claimUsername.mutate({ username: 'neo' }, { signal })
    expect((await failureFrom(claim)).kind).toBe('NO_ANSWER')
    answer = refusing(409, 'CONFLICT', null)
    const before = arrivals
    expect((await failureFrom(profile.me.query(undefined, { signal }))).kind).toBe('NO_ANSWER')
    expect((await failureFrom(profile.me.query())).kind).toBe('CONFLICT')
    expect([before, arrivals]).toEqual([1, 2])
  })
})
