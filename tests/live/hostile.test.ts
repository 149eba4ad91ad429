import { EventSource } from 'eventsource'
import type { FastifyInstance } from 'fastify'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { appOn, friend, home, type Member, query, signUp, stranger } from '../http/app.ts'
import { expectNoInternals, expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { untilNobodyWatches, watch } from './watching.ts'

// All of it is about HTTP, whichever the engine.
describe.each(engines.slice(-1))('watching on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let url: string
  let member: Member
  let leave: AbortController
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    member = await signUp(app)
  })
  beforeEach(() => {
    leave = new AbortController()
  })
  afterEach(async () => {
    leave.abort()
    await untilNobodyWatches(database)
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  /** The head of a stream and its events as far as `until`, which is one that comes. */
  async function open(
    until: string,
    {
      at = url,
      headers = {},
      path = 'profile.watchUsername',
      input = { username: 'watched' } as unknown,
    } = {},
  ) {
    const answer = await fetch(`${at}${query(path, input)}`, { headers, signal: leave.signal })
    let body = ''
    for await (const text of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      body += text
      if (body.includes(until)) break
    }
    // tRPC's greeting says reconnect…, in which is the ECONN… of a system error.
    body = body.replace(/^event: connected\n.+\n+/, '')
    return { statusCode: answer.status, headers: Object.fromEntries(answer.headers), body }
  }
  /** The error that a stream ends with. */
  const errorIn = ({ body }: { body: string }) =>
    JSON.parse(body.match(/event: serialized-error\ndata: (.+)/)?.[1] ?? 'null')

  test('answers with a stream that nothing on its way keeps or holds back', async () => {
    const answer = await open('"available"')
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'x-accel-buffering': 'no',
      'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(answer.headers['cache-control']?.split(', ')).toEqual(
      expect.arrayContaining(['no-store', 'no-transform']),
    )
    expect(answer.headers['content-security-policy']).toContain("connect-src 'self'")
    expectNoInternals(answer)
  })

  test.each([
    ['its own page', { origin: home, 'sec-fetch-site': 'same-origin' }, undefined],
    ['a front end that CORS_ORIGINS names', { origin: friend, 'sec-fetch-site': 'cross-site' }, friend],
    ['no browser', {}, undefined],
  ])('is for %s, by the cookie', async (_what, headers, allowed) => {
    const answer = await open('"available"', { headers: { ...headers, cookie: member.browser.cookie } })
    expect(answer.headers['access-control-allow-origin']).toBe(allowed)
    expect(answer.headers['access-control-allow-credentials']).toBe('true')
    expect(answer.headers.vary?.toLowerCase()).toContain('origin')
  })

  test.each([
    ['another site', { origin: stranger, 'sec-fetch-site': 'cross-site' }],
    ['another site that sends no origin', { 'sec-fetch-site': 'cross-site' }],
    ['a sandboxed frame', { origin: 'null' }],
  ])('is refused to a page of %s that has the cookie', async (_what, headers) => {
    for (const path of ['profile.watchUsername', 'profile%252EwatchUsername']) {
      const answer = await open('serialized-error', {
        path,
        headers: { ...headers, cookie: member.browser.cookie },
      })
      expect(errorIn(answer).data).toMatchObject({
        kind: 'FORBIDDEN',
        requestId: answer.headers['x-request-id'],
      })
      expect(answer.headers).not.toHaveProperty('access-control-allow-origin')
      expectNoInternals(answer)
    }
    const anonymous = await open('"available"', { headers })
    expect(anonymous.headers).not.toHaveProperty('access-control-allow-origin')
  })

  test.each([
    [
      'a name that cannot be one',
      { username: 'x' },
      { username: ['Username must be at least 3 characters'] },
    ],
    ['more than a name', { username: 'watched', lastEventId: '7' }, {}],
    ['nothing', null, {}],
  ])('of %s ends in INVALID_INPUT', async (_what, input, fields) => {
    const answer = await open('serialized-error', { input })
    expect(errorIn(answer).data).toMatchObject({ kind: 'INVALID_INPUT', payload: { fields } })
    expectNoInternals(answer)
  })

  test('may not be part of a batch, posted, or told who asks in its address', async () => {
    const input = JSON.stringify({ 0: { username: 'watched' }, 1: { username: 'watched' } })
    const batched = `/trpc/profile.watchUsername,profile.checkUsername?batch=1&input=${encodeURIComponent(input)}`
    for (const accept of ['application/json', 'application/jsonl']) {
      for (const url of [batched, batched.replaceAll('checkUsername', 'watchUsername')]) {
        const answer = await app.inject({ url, headers: { 'trpc-accept': accept } })
        expect(answer.body).toContain('INVALID_INPUT')
        expectNoInternals(answer)
      }
    }
    const headers = { 'content-type': 'application/json' }
    const posted = await app.inject({
      method: 'POST',
      url: '/trpc/profile.watchUsername',
      headers,
      payload: { username: 'watched' },
    })
    expect(errorIn(posted).data).toMatchObject({ kind: 'INVALID_INPUT' })
    const url = `${query('profile.watchUsername', { username: 'watched' })}&connectionParams=%7B%7D`
    expectRefusal(await app.inject({ url }), 400, 'INVALID_INPUT')
  })

  describe('with limits', () => {
    let limited: FastifyInstance
    let at: string
    beforeEach(async () => {
      limited = await appOn(database, { settings: { rateLimits: true } })
      at = await limited.listen({ host: '127.0.0.1', port: 0 })
    })
    afterEach(async () => {
      leave.abort()
      await limited.close()
    })

    test('lets 20 of 1000 at once through, and more only when they end', async () => {
      const opened = new Set<Promise<unknown>>()
      const ends = await Promise.all(
        Array.from({ length: 1000 }, async () => {
          const stream = fetch(`${at}${query('profile.watchUsername', { username: 'crowded' })}`, {
            signal: leave.signal,
          })
          opened.add(stream)
          const reader = (await stream).body?.pipeThrough(new TextDecoderStream()).getReader()
          let body = ''
          while (!/"status"|serialized-error/.test(body)) body += (await reader?.read())?.value
          return body.includes('RATE_LIMITED') ? 'refused' : 'watching'
        }),
      )
      expect(ends.filter((end) => end === 'watching')).toHaveLength(20)
      expect(database.names.watching()).toBe(20)
      const mine = await open('"available"', { at, headers: { authorization: member.program.authorization } })
      expect(mine.body).toContain('"status":"available"')
    })

    test('says when to try again, in the words that the client knows', async () => {
      const { authorization } = member.program
      const client = createDibsClient({ url: at, token: authorization.replace('Bearer ', ''), EventSource })
      const all = Array.from({ length: 20 }, () => watch(client, 'twenty'))
      await Promise.all(all.map((one) => one.until('available')))
      const failure = await watch(client, 'one-more').failed()
      expect(failure).toMatchObject({ kind: 'RATE_LIMITED', payload: { retryAfterMs: 10_000 } })
      for (const one of all) one.stop()
      await untilNobodyWatches(database)
      const again = watch(client, 'one-more')
      await again.until('available')
      again.stop()
    })

    test('counts each time that one is opened', async () => {
      for (let times = 0; times < 120; times++) {
        leave = new AbortController()
        await open('"available"', { at })
        leave.abort()
        await untilNobodyWatches(database)
      }
      leave = new AbortController()
      expect(errorIn(await open('serialized-error', { at })).data.kind).toBe('RATE_LIMITED')
    })
  })
})
