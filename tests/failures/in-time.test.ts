import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { meetingOf } from './meeting.ts'
import { clientFor, failureFrom, transports } from './serving.ts'

describe.each(transports)('a call sent as %s to a server that says nothing', (transport) => {
  let server: Server
  let answer: RequestListener
  let arrivals: number
  let url: string
  beforeEach(async () => {
    arrivals = 0
    answer = () => {}
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

  test('ends in NO_ANSWER in time, and is sent again as any such call', async () => {
    const { profile } = clientFor({ url }, { transport, timeoutMs: 50, retries: 1 })
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(2)
    expect((await failureFrom(profile.update.mutate({ version: 0 }))).kind).toBe('NO_ANSWER')
    expect(arrivals).toBe(3)
  })

  test('after it began an answer, ends too', async () => {
    answer = (_, response) => {
      // Of a stream this is a beginning; of a refusal all has to come.
      response.writeHead(transport === 'stream' ? 409 : 200, { 'content-type': 'application/json' })
      response.write('[')
    }
    const { profile } = clientFor({ url }, { transport, timeoutMs: 50, retries: 0 })
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
  })

  test('hangs up when it ends', async () => {
    const hungUp = new Promise<void>((resolve) => {
      answer = (request) => request.socket.on('close', resolve)
    })
    const { profile } = clientFor({ url }, { transport, timeoutMs: 50, retries: 0 })
    await failureFrom(profile.me.query())
    await hungUp
  })

  test('ends when its caller aborts it, before or without a limit', async () => {
    for (const timeoutMs of [60_000, 0, Number.POSITIVE_INFINITY]) {
      const arrival = meetingOf(2)
      answer = () => void arrival()
      const aborting = new AbortController()
      const { profile } = clientFor({ url }, { transport, timeoutMs, retries: 0 })
      const failure = failureFrom(profile.me.query(undefined, { signal: aborting.signal }))
      await arrival()
      aborting.abort()
      expect((await failure).kind).toBe('NO_ANSWER')
    }
  })
})
