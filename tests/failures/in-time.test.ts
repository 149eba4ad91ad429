import { describe, expect, test } from 'vitest'
import { meetingOf } from './meeting.ts'
import { onListener } from './on-listener.ts'
import { clientFor, failureFrom, transports } from './serving.ts'

describe.each(transports)('a call sent as %s to a server that says nothing', (transport) => {
  const on = onListener()

  test('ends in NO_ANSWER in time, and is sent again as any such call', async () => {
    const { profile } = clientFor(on, { transport, timeoutMs: 50, retries: 1 })
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
    expect(on.arrivals).toBe(2)
    expect((await failureFrom(profile.update.mutate({ version: 0 }))).kind).toBe('NO_ANSWER')
    expect(on.arrivals).toBe(3)
  })

  test('after it began an answer, ends too', async () => {
    on.answer = (_, response) => {
      // Of a stream this is a beginning; of a refusal all has to come.
      response.writeHead(transport === 'stream' ? 409 : 200, { 'content-type': 'application/json' })
      response.write('[')
    }
    const { profile } = clientFor(on, { transport, timeoutMs: 50, retries: 0 })
    expect((await failureFrom(profile.me.query())).kind).toBe('NO_ANSWER')
  })

  test('hangs up when it ends', async () => {
    const hungUp = new Promise<void>((resolve) => {
      on.answer = (request) => request.socket.on('close', resolve)
    })
    const { profile } = clientFor(on, { transport, timeoutMs: 50, retries: 0 })
    await failureFrom(profile.me.query())
    await hungUp
  })

  test('ends when its caller aborts it, before or without a limit', async () => {
    for (const timeoutMs of [60_000, 0, Number.POSITIVE_INFINITY]) {
      const arrival = meetingOf(2)
      on.answer = () => void arrival()
      const aborting = new AbortController()
      const { profile } = clientFor(on, { transport, timeoutMs, retries: 0 })
      const failure = failureFrom(profile.me.query(undefined, { signal: aborting.signal }))
      await arrival()
      aborting.abort()
      expect((await failure).kind).toBe('NO_ANSWER')
    }
  })
})
