import { EventSource } from 'eventsource'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { type Served, serve } from '../failures/serving.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { untilNobodyWatches, watch } from './watching.ts'

describe('a watch that says whom it is for', () => {
  let database: TestDatabase
  let served: Served
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    served = await serve(database)
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })

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
    await untilNobodyWatches(database)
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
    await untilNobodyWatches(database)
  })
})
