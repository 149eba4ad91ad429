import { randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { describe, expect, test } from 'vitest'
import { onListener } from './on-listener.ts'
import { clientFor, failureFrom, transports } from './serving.ts'

describe.each(transports)('a call that does not succeed, sent as %s,', (transport) => {
  const on = onListener()

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
    on.answer = breaking
    const { profile } = clientFor(on, { transport, ...options })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe('NO_ANSWER')
    expect(on.arrivals).toBe(times)
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(on.arrivals).toBe(2 * times)
  })

  test.each([
    ['somebody else', 'bob'],
    ['nobody', undefined],
  ])('is sent once when %s is shown by the time it would be sent again', async (_, next) => {
    let shown: string | undefined = 'ann'
    on.answer = (...exchange) => {
      shown = next
      breaking(...exchange)
    }
    const { profile } = clientFor(on, { transport, person: () => shown })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe('NO_ANSWER')
    shown = 'ann'
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(on.arrivals).toBe(2)
  })

  test('is sent again once it is known who is shown', async () => {
    let shown: string | undefined
    const people: unknown[] = []
    on.answer = (request, response) => {
      people.push(request.headers['dibs-person'])
      shown = 'ann'
      breaking(request, response)
    }
    const { profile } = clientFor(on, { transport, person: () => shown })
    await failureFrom(profile.me.query())
    expect(people).toEqual([undefined, 'ann', 'ann'])
  })

  test('is sent again while the service is unavailable', async () => {
    on.answer = refusing(503, 'UNAVAILABLE', null)
    const { profile } = clientFor(on, { transport })
    expect((await failureFrom(profile.releaseUsername.mutate({}))).kind).toBe('UNAVAILABLE')
    expect(on.arrivals).toBe(3)
  })

  test.each([
    [401, 'SIGNED_OUT', {}],
    [409, 'USERNAME_TAKEN', { username: 'neo', suggestions: [] }],
    [429, 'RATE_LIMITED', { retryAfterMs: 1 }],
    [400, 'INVALID_INPUT', { fields: {}, form: [] }],
    [500, 'UNEXPECTED', null],
    [409, 'CONFLICT', null],
  ])('is sent once when it ends in %i %s', async (status, kind, payload) => {
    on.answer = refusing(status, kind, payload)
    const { profile } = clientFor(on, { transport })
    expect((await failureFrom(profile.claimUsername.mutate({ username: 'neo' }))).kind).toBe(kind)
    expect((await failureFrom(profile.me.query())).kind).toBe(kind)
    expect(on.arrivals).toBe(2)
  })

  test('is sent once when a procedure of somebody else answers it, even that it is unavailable', async () => {
    on.answer = refusing(503, undefined, undefined)
    const { profile } = clientFor(on, { transport })
    expect((await failureFrom(profile.me.query())).kind).toBe('UNEXPECTED')
    expect(on.arrivals).toBe(1)
  })

  test('ends at once when its caller aborts it, and is not sent again', async () => {
    const aborting = new AbortController()
    // Once its answer is lost, it waits to be sent again.
    on.answer = (request) => {
      request.socket.on('close', () => setImmediate(() => aborting.abort())).destroy()
    }
    const { profile } = clientFor(on, { transport, retries: 10 })
    const { signal } = aborting
    const claim = profile.claimUsername.mutate({ username: 'neo' }, { signal })
    expect((await failureFrom(claim)).kind).toBe('NO_ANSWER')
    on.answer = refusing(409, 'CONFLICT', null)
    const before = on.arrivals
    expect((await failureFrom(profile.me.query(undefined, { signal }))).kind).toBe('NO_ANSWER')
    expect((await failureFrom(profile.me.query())).kind).toBe('CONFLICT')
    expect([before, on.arrivals]).toEqual([1, 2])
  })
})
