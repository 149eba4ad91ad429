import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink, safe } from '@trpc/client'
import { TRPCError } from '@trpc/server'
import { createHTTPServer } from '@trpc/server/adapters/standalone'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { type ErrorOf, failureOf, match } from '../../client/index.ts'
import { type AppRouter, createCaller } from '../../server/router.ts'
import type { Context } from '../../server/trpc/context.ts'
import { Failure } from '../../server/trpc/failure.ts'
import { createCallerFactory, procedure, router } from '../../server/trpc/init.ts'
import { anyone } from '../../server/trpc/procedure.ts'
import { settle } from '../../server/trpc/settle.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { contextOf, somebody } from '../support/people.ts'
import { meetingOf } from './meeting.ts'
import { failureFrom, transports } from './serving.ts'

const taken = { username: 'neo', suggestions: ['neo1'] }
/** One instance that every call throws. */
const shared = new Failure('PROFILE_NOT_FOUND', { username: 'ghost' })

const broken = new Failure('PROFILE_NOT_FOUND', { username: 'ghost' })

const inner = router({
  claim: anyone('USERNAME_TAKEN').query(({ ctx }) => ctx.fail('USERNAME_TAKEN', taken)),
})
const callInner = createCallerFactory(inner)

let bothCalls = meetingOf(2)

const outer = router({
  declaring: anyone('USERNAME_TAKEN').query(({ ctx }) => callInner(ctx).claim()),
  silent: anyone().query(({ ctx }) => callInner(ctx).claim()),
  together: anyone('PROFILE_NOT_FOUND').query(async () => {
    await bothCalls()
    throw shared
  }),
  /** As it would be if the id were written on the instance that was thrown. */
  togetherBroken: procedure
    .use(async ({ ctx, next }) => {
      const result = await next()
      return result.ok
        ? result
        : { ...result, error: Object.assign(result.error, { requestId: ctx.requestId }) }
    })
    .query(async () => {
      await bothCalls()
      throw broken
    }),
  undeclaredThrow: anyone('PROFILE_NOT_FOUND').query(() => {
    throw new Failure('PROFILE_CHANGED', {})
  }),
  sharedUndeclared: anyone().query(() => {
    throw shared
  }),
  misfit: anyone('USERNAME_TAKEN').query(({ ctx }) =>
    ctx.fail('USERNAME_TAKEN', { username: 'neo' } as typeof taken),
  ),
  surplus: anyone('USERNAME_TAKEN').query(({ ctx }) =>
    ctx.fail('USERNAME_TAKEN', { ...taken, secret: 'hunter2' } as typeof taken),
  ),
  thrown: anyone()
    .input(z.enum(['text', 'null', 'error', 'tRPC']))
    .query(({ input }) => {
      if (input === 'text') throw 'hunter2'
      if (input === 'null') throw null
      if (input === 'tRPC') throw new TRPCError({ code: 'BAD_REQUEST', message: 'hunter2' })
      throw new Error('hunter2 at /srv/secret.ts')
    }),
})

const requestIdHeader = 'x-test-request-id'

describe('a failure inside another call', () => {
  const logged: string[] = []
  const log = pino({ level: 'info' }, { write: (line) => void logged.push(line) })
  let database: TestDatabase
  let url: string
  const server = createHTTPServer({
    router: outer,
    createContext: ({ req }): Context =>
      contextOf(database, { log, requestId: String(req.headers[requestIdHeader]) }),
  })
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve))
    await database?.close()
  })
  beforeEach(() => {
    logged.length = 0
    bothCalls = meetingOf(2)
  })

  function clientOf(transport: (typeof transports)[number], requestId: string = randomUUID()) {
    const link = { single: httpLink, batch: httpBatchLink, stream: httpBatchStreamLink }[transport]
    return createTRPCClient<typeof outer>({
      links: [link({ url, headers: { [requestIdHeader]: requestId } })],
    })
  }

  describe.each(transports)('sent as %s', (transport) => {
    test('keeps what it tells when the outer one declares it too, under the outer request id', async () => {
      const [, error] = await safe(clientOf(transport, 'outer-id').declaring.query())
      const failure = error && failureOf(error)
      expect(failure).toMatchObject({ kind: 'USERNAME_TAKEN', payload: taken, requestId: 'outer-id' })
    })

    test('is a defect when the outer one does not declare it, and the log alone knows more', async () => {
      expect(await failureFrom(clientOf(transport, 'silent-id').silent.query())).toEqual({
        kind: 'UNEXPECTED',
        payload: null,
        message: 'Something went wrong on our side. The request id helps us find it.',
        requestId: 'silent-id',
      })
      expect(logged.join()).toContain('undeclared failure USERNAME_TAKEN')
    })

    test('is found where it was thrown by mistake', async () => {
      await failureFrom(clientOf(transport).undeclaredThrow.query())
      expect(logged.join()).toMatch(/undeclared failure PROFILE_CHANGED/)
      expect(logged.join()).toContain('nested.test.ts')
    })

    test('that two calls share, keeps the request id of each', async () => {
      const ids = [randomUUID(), randomUUID()]
      const ends = await Promise.all(ids.map((id) => failureFrom(clientOf(transport, id).together.query())))
      expect(ends).toMatchObject(ids.map((requestId) => ({ kind: 'PROFILE_NOT_FOUND', requestId })))
    })

    test('that two calls share, would show the id of the last one if it were the instance that leaves', async () => {
      const ids = [randomUUID(), randomUUID()]
      const call = (id: string) => failureFrom(clientOf(transport, id).togetherBroken.query())
      const ends = await Promise.all(ids.map(call))
      expect(new Set(ends.map(({ requestId }) => requestId)).size).toBe(1)
    })

    test('that another procedure shared, is not told by one that does not declare it', async () => {
      await failureFrom(clientOf(transport).undeclaredThrow.query())
      const shown = [
        await failureFrom(clientOf(transport).sharedUndeclared.query()),
        await failureFrom(clientOf(transport).undeclaredThrow.query()),
      ]
      expect(shown.map(({ kind }) => kind)).toEqual(['UNEXPECTED', 'UNEXPECTED'])
    })

    test('whose payload does not fit its schema is a defect', async () => {
      expect(await failureFrom(clientOf(transport).misfit.query())).toMatchObject({
        kind: 'UNEXPECTED',
        payload: null,
      })
    })

    test('leaves with nothing but what its schema knows', async () => {
      const { shape } = Object(
        await clientOf(transport)
          .surplus.query()
          .catch((error) => error),
      )
      expect(shape.data.payload).toEqual(taken)
    })

    test.each([
      ['text', 'UNEXPECTED'],
      ['null', 'UNEXPECTED'],
      ['error', 'UNEXPECTED'],
      ['tRPC', 'INVALID_INPUT'],
    ] as const)('that is thrown as %s says nothing of it', async (what, kind) => {
      const error = await clientOf(transport, 'thrown')
        .thrown.query(what)
        .catch((error) => error)
      expect(failureOf(error)).toMatchObject({ kind, requestId: 'thrown' })
      expect(JSON.stringify(error.shape)).not.toMatch(/hunter2|secret|stack/)
    })
  })

  test('that calls share from the first time on keeps the request id of each', async () => {
    const fresh = new Failure('PROFILE_NOT_FOUND', { username: 'ghost' })
    const ends = await Promise.all(
      ['one', 'other'].map((requestId) =>
        settle(fresh, {
          kinds: new Set([fresh.kind]),
          ctx: contextOf(database, { requestId }),
          path: 'shared',
          getRawInput: async () => undefined,
        }),
      ),
    )
    expect(ends.map(({ requestId }) => requestId)).toEqual(['one', 'other'])
  })

  test('is told by the caller API as it is over HTTP', async () => {
    const owner = contextOf(database, { person: somebody() })
    await createCaller(owner).profile.claimUsername({ username: 'caller' })
    const context = contextOf(database, { person: somebody(), requestId: 'of-the-caller' })
    const error = await createCaller(context)
      .profile.claimUsername({ username: 'Caller' })
      .catch((error: ErrorOf<AppRouter['profile']['claimUsername']>) => error)
    expect(error).toBeInstanceOf(TRPCError)
    const said = match(error as ErrorOf<AppRouter['profile']['claimUsername']>, {
      SIGNED_OUT: () => 'signed out',
      USERNAME_TAKEN: ({ payload, requestId }) => [payload.username, payload.suggestions.length, requestId],
      USERNAME_RESERVED: () => 'reserved',
      USERNAME_HELD: () => 'held',
      USERNAME_TOO_SIMILAR: () => 'too similar',
      CHANGED_TOO_OFTEN: () => 'too often',
      IDEMPOTENCY_KEY_REUSED: () => 'key reused',
      otherwise: ({ kind }) => kind,
    })
    expect(said).toEqual(['Caller', 5, 'of-the-caller'])
  })
})
