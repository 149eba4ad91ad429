import { text } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { onListener } from './on-listener.ts'
import { failureFrom, transports } from './serving.ts'

interface Arrival {
  readonly authorization: string | undefined
  readonly person: unknown
  readonly asked: string
}

describe.each(transports)('a call begun for somebody, sent as %s,', (transport) => {
  const on = onListener()
  const arrivals: Arrival[] = []
  beforeEach(() => {
    arrivals.splice(0)
    on.answer = async (request, response) => {
      const { authorization, 'dibs-person': person } = request.headers
      const asked = `${decodeURIComponent(request.url ?? '')} ${await text(request)}`
      arrivals.push({ authorization, person, asked })
      const data = { code: 'CONFLICT', httpStatus: 409, kind: 'CONFLICT', payload: null, requestId: '' }
      response.writeHead(409, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ error: { message: '', code: -32009, data } }))
    }
  })
  const clientOf = (shown: () => string) =>
    createDibsClient({ url: on.url, transport, token: () => `token-of-${shown()}`, person: shown })

  const ofAnn = { authorization: 'Bearer token-of-ann', person: 'ann' }
  const ofBob = { authorization: 'Bearer token-of-bob', person: 'bob' }
  const signs = ({ authorization, person }: Arrival) => ({ authorization, person })

  test('is never sent for whoever is shown next, before it leaves', async () => {
    let shown = 'ann'
    const { profile } = clientOf(() => shown)
    const failures = [
      failureFrom(profile.update.mutate({ version: 0, bio: 'of-ann' })),
      failureFrom(profile.checkUsername.query({ username: 'of-ann' })),
    ]
    shown = 'bob'
    const sent = transport === 'single'
    const unsent = { kind: 'NO_ANSWER', message: expect.stringMatching(/no longer signed in here/) }
    const end = sent ? { kind: 'CONFLICT' } : unsent
    expect(await Promise.all(failures)).toMatchObject([end, end])
    expect(arrivals.map(signs)).toEqual(sent ? [ofAnn, ofAnn] : [])
  })

  test('does not share a batch with calls for somebody else', async () => {
    let shown = 'ann'
    const { profile } = clientOf(() => shown)
    const failures = ['ann', 'bob', 'ann', 'bob'].map((person) => {
      shown = person
      return failureFrom(profile.update.mutate({ version: 0, bio: `of-${person}` }))
    })
    await Promise.all(failures)
    expect(arrivals.filter(({ person }) => person === 'bob').length).toBeGreaterThan(0)
    for (const { person, authorization, asked } of arrivals) {
      expect(authorization).toBe(`Bearer token-of-${person}`)
      expect(asked).toContain(`of-${person}`)
      expect(asked).not.toContain(person === 'ann' ? 'of-bob' : 'of-ann')
    }
  })

  test('goes with the token of the moment at which its person was asked for', async () => {
    let shown = 'ann'
    const token = async () => {
      const its = `token-of-${shown}`
      // Somebody else signs in while it is on its way.
      shown = 'bob'
      return its
    }
    const { profile } = createDibsClient({ url: on.url, transport, token, person: () => shown })
    await failureFrom(profile.me.query())
    await failureFrom(profile.me.query())
    expect(arrivals.map(signs)).toEqual([ofAnn, ofBob])
  })
})
