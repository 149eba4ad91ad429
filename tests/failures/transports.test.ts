import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf, match, safe } from '../../client/index.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { clientFor, type Served, serve, transports } from './serving.ts'

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/

/** A fetch that keeps what was answered, as it was on the wire. */
function recording() {
  const answers: { status: number; requestId: string | null; body: string }[] = []
  return {
    answers,
    async fetch(input: RequestInfo | URL, init?: RequestInit) {
      const response = await fetch(input, init)
      const body = await response.clone().text()
      answers.push({ status: response.status, requestId: response.headers.get('x-request-id'), body })
      return response
    },
  }
}

describe.each(engines)('on %s', (engine) => {
  let database: TestDatabase
  let served: Served
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    served = await serve(database)
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })

  describe.each(transports)('a failure sent as %s', (transport) => {
    test('says which, what it tells, and the id of its request', async () => {
      const username = `taken-${transport}`
      await clientFor(served, { transport }).profile.claimUsername.mutate({ username })
      const { answers, fetch } = recording()
      const late = clientFor(served, { transport, fetch })
      const [, error] = await safe(late.profile.claimUsername.mutate({ username: username.toUpperCase() }))
      expect(error && failureOf(error)).toEqual({
        kind: 'USERNAME_TAKEN',
        message: 'That username is taken. Pick another one.',
        payload: { username: username.toUpperCase(), suggestions: expect.any(Array) },
        requestId: expect.stringMatching(uuid),
      })
      const [answer] = answers
      expect(error && failureOf(error).requestId).toBe(answer?.requestId)
      expect(
        error &&
          match(error, {
            SIGNED_OUT: () => 'signed out',
            USERNAME_TAKEN: ({ payload }) => payload.suggestions.length,
            USERNAME_RESERVED: () => 'reserved',
            USERNAME_HELD: () => 'held',
            USERNAME_TOO_SIMILAR: () => 'too similar',
            CHANGED_TOO_OFTEN: () => 'too often',
            IDEMPOTENCY_KEY_REUSED: () => 'key reused',
            otherwise: () => 'otherwise',
          }),
      ).toBe(5)
    })

    test('is one of those that the procedure declared, each with its payload', async () => {
      const stranger = clientFor(served, { transport, token: () => undefined })
      const moved = clientFor(served, { transport })
      const former = `former-${transport}`
      await moved.profile.claimUsername.mutate({ username: former })
      await moved.profile.claimUsername.mutate({ username: `${former}-now` })
      const { claimUsername } = clientFor(served, { transport }).profile
      const ends = [
        await safe(stranger.profile.claimUsername.mutate({ username: 'nobody-here' })),
        await safe(stranger.profile.get.query({ username: 'nobody-here' })),
        await safe(claimUsername.mutate({ username: 'Admin' })),
        await safe(claimUsername.mutate({ username: former })),
        await safe(moved.profile.update.mutate({ bio: 'late', version: 7 })),
        await safe(claimUsername.mutate({ username: 'no spaces' })),
      ]
      expect(ends.map(([, error]) => error && failureOf(error))).toMatchObject([
        { kind: 'SIGNED_OUT', payload: {} },
        { kind: 'PROFILE_NOT_FOUND', payload: { username: 'nobody-here' } },
        { kind: 'USERNAME_RESERVED', payload: { username: 'Admin', suggestions: expect.any(Array) } },
        { kind: 'USERNAME_HELD', payload: { username: former, until: expect.stringMatching(/Z$/) } },
        { kind: 'PROFILE_CHANGED', payload: {} },
        {
          kind: 'INVALID_INPUT',
          payload: {
            fields: {
              username: ['Username can only contain letters, numbers, hyphens, and underscores'],
            },
            form: [],
          },
        },
      ])
    })
  })

  test.each([
    ['batch', 207],
    ['stream', 200],
  ] as const)(
    'one request, sent as %s, has calls that win and calls that lose',
    async (transport, status) => {
      const { answers, fetch } = recording()
      const name = `both-${transport}`
      await clientFor(served).profile.claimUsername.mutate({ username: name })
      const { profile } = clientFor(served, { transport, fetch, token: randomUUID() })
      const ends = await Promise.all([
        safe(profile.claimUsername.mutate({ username: name })),
        safe(profile.claimUsername.mutate({ username: `${name}-free` })),
        safe(profile.claimUsername.mutate({ username: 'root' })),
        safe(profile.claimUsername.mutate({ username: 'a' })),
      ])
      expect(answers).toHaveLength(1)
      expect(answers[0]?.status).toBe(status)
      expect(ends.map(([data, error]) => data?.username ?? (error && failureOf(error).kind))).toEqual([
        'USERNAME_TAKEN',
        `${name}-free`,
        'USERNAME_RESERVED',
        'INVALID_INPUT',
      ])
      expect(ends.map(([, error]) => error && failureOf(error).requestId)).toEqual([
        answers[0]?.requestId,
        undefined,
        answers[0]?.requestId,
        answers[0]?.requestId,
      ])
    },
  )

  test.each(transports)(
    '100 claims of one name, sent as %s, end in one name and 99 that are taken',
    async (transport) => {
      const username = `crowd-${transport}`
      const ends = await Promise.all(
        Array.from({ length: 100 }, () =>
          safe(clientFor(served, { transport }).profile.claimUsername.mutate({ username })),
        ),
      )
      const kinds = ends.map(([data, error]) => data?.username ?? (error && failureOf(error).kind)).sort()
      expect(kinds).toEqual([...Array(99).fill('USERNAME_TAKEN'), username].sort())
      expect(await database.prisma.username.count({ where: { key: username } })).toBe(1)
    },
  )
})
