import { EventSource } from 'eventsource'
import { describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { onServed } from '../failures/on-served.ts'
import { clientFor } from '../failures/serving.ts'
import { untilNobodyWatches, watch } from './watching.ts'

describe('a watch that will never be had', () => {
  const url = 'http://127.0.0.1'

  test('is INVALID_INPUT when its name is too long to be asked for, and nothing is sent', async () => {
    let asked = 0
    const counted = async () => {
      asked += 1
      return new Response(null, { status: 431 })
    }
    const failure = await watch(
      clientFor({ url }, { EventSource, fetch: counted }),
      'x'.repeat(17_000),
    ).failed()
    expect(failure).toMatchObject({ kind: 'INVALID_INPUT', payload: { form: ['The request is too large.'] } })
    expect(asked).toBe(0)
  })

  test.each([
    [400, 'INVALID_INPUT'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [413, 'INVALID_INPUT'],
    [414, 'INVALID_INPUT'],
    [431, 'INVALID_INPUT'],
  ])('ends when it is answered with %i, as %s', async (status, kind) => {
    let asked = 0
    const refusing = async () => {
      asked += 1
      return new Response('<h1>No</h1>', { status })
    }
    const failure = await watch(clientFor({ url }, { EventSource, fetch: refusing }), 'refused').failed()
    expect([failure.kind, asked]).toEqual([kind, 1])
  })
})

describe('a watch that says whom it is for', () => {
  const served = onServed()

  test('is not made again for whoever is shown next', async () => {
    let shown = 'ann'
    const people: unknown[] = []
    const cut = new AbortController()
    const cutOff: typeof fetch = (input, init) => {
      people.push(new Headers(init?.headers).get('dibs-person'))
      const signals = [cut.signal, ...(init?.signal ? [init.signal] : [])]
      return fetch(input, { ...init, signal: AbortSignal.any(signals) })
    }
    const options = { url: served.url, EventSource, fetch: cutOff, token: () => shown, person: () => shown }
    const one = watch(createDibsClient(options), 'watched-by-ann')
    await one.until('available')
    shown = 'bob'
    cut.abort(new TypeError('the connection broke'))
    expect(await one.failed()).toMatchObject({
      kind: 'NO_ANSWER',
      message: expect.stringMatching(/no longer signed in here/),
    })
    expect(people).toEqual(['ann'])
    await untilNobodyWatches(served.database)
  })

  test('is asked for again until its token can be had', async () => {
    let asked = 0
    const token = async () => {
      asked += 1
      if (asked === 1) throw new Error('the key store is locked')
      return 'late'
    }
    const one = watch(createDibsClient({ url: served.url, EventSource, token }), 'watched-late')
    await one.until('available')
    expect(asked).toBe(2)
    one.stop()
    await untilNobodyWatches(served.database)
  })
})
