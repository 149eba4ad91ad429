import { QueryClient } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { EventSource } from 'eventsource'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type AppRouter, failureOf } from '../../client/index.ts'
import { createCaller } from '../../server/router.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import { clientFor, type Served, serve } from '../failures/serving.ts'
import { expectNoInternals } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase, urlOf } from '../support/database.ts'
import { onServer } from '../support/on-server.ts'
import { contextOf } from '../support/people.ts'
import { openStream, untilNobodyWatches, watch, watcherFor } from './watching.ts'

interface Line {
  readonly level: number
  readonly msg: string
  readonly reqId?: string
  readonly err?: { readonly message: string }
}

/** Serves a database; what it logs is in `lines`. */
async function serveLogged(database: TestDatabase): Promise<Served & { readonly lines: readonly Line[] }> {
  const lines: Line[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => void lines.push(JSON.parse(line)) })
  return { ...(await serve(database, { log })), lines }
}

function complaintsIn(lines: readonly Line[]): readonly Line[] {
  return lines.filter(({ level }) => level > 30)
}

describe.each(engines)('a watch on %s in which something is gone', (engine) => {
  let database: TestDatabase
  let served: Awaited<ReturnType<typeof serveLogged>>
  beforeEach(async () => {
    database = await openTestDatabase(engine)
    served = await serveLogged(database)
  })
  afterEach(async () => {
    await served?.close()
    await database?.close()
  })

  test('says that there is a defect, without its words, and goes on once it is mended', async () => {
    const one = watch(watcherFor(served), 'broken')
    const leave = new AbortController()
    const stream = await openStream(served, 'broken', leave.signal)
    await Promise.all([one.until('available'), stream.until('"available"')])
    await database.prisma.$executeRaw`ALTER TABLE usernames RENAME TO usernames_gone`
    database.names.announce([usernameKey(Username.parse('broken'))])
    await one.interrupted()
    const requestId = stream.headers.get('x-request-id') ?? 'none'
    const text = await stream.until('serialized-error').then(() => stream.until(requestId))
    expectNoInternals({ statusCode: 200, headers: {}, body: text.replace(/^event: connected\n.+/, '') })
    expect(one.interruptions[0]).toMatchObject({ kind: 'UNEXPECTED', payload: null })
    const ids = complaintsIn(served.lines).map(({ reqId, msg }) => ({ reqId, msg }))
    for (const reqId of [requestId, one.interruptions[0]?.requestId]) {
      expect(ids).toContainEqual({ reqId, msg: 'defect' })
    }
    await database.prisma.$executeRaw`ALTER TABLE usernames_gone RENAME TO usernames`
    await clientFor(served).profile.claimUsername.mutate({ username: 'broken' })
    await one.until('taken')
    one.stop()
    await untilNobodyWatches(database)
  })

  test.runIf(engine === 'postgresql')(
    'is UNAVAILABLE while that is the database, and goes on after',
    async () => {
      const name = new URL(urlOf(database.location)).pathname.slice(1)
      const run = (sql: string) => onServer(urlOf(database.location).replace(name, 'postgres'), sql)
      await run(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`)
      await run(`ALTER DATABASE ${name} RENAME TO ${name}_away`)
      const one = watch(watcherFor(served), 'patience')
      await one.interrupted()
      expect(one.interruptions[0]).toMatchObject({ kind: 'UNAVAILABLE' })
      await run(`ALTER DATABASE ${name}_away RENAME TO ${name}`)
      await one.until('available')
      one.stop()
    },
  )
})

describe.each(engines)('a watch on %s', (engine) => {
  let database: TestDatabase
  let served: Awaited<ReturnType<typeof serveLogged>>
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  beforeEach(async () => {
    served = await serveLogged(database)
  })
  afterEach(() => served?.close())
  afterAll(() => database?.close())

  test('logs its request as others do, and nothing of somebody leaving', async () => {
    const one = watch(watcherFor(served), 'logged')
    await one.until('available')
    one.stop()
    await untilNobodyWatches(database)
    await served.close()
    expect(complaintsIn(served.lines)).toEqual([])
    expect(served.lines.filter(({ reqId }) => reqId !== undefined)).toMatchObject([
      {
        msg: expect.stringMatching(/^request (completed|aborted)$/),
        req: { method: 'GET', url: expect.stringContaining('/trpc/profile.watchUsername') },
      },
    ])
  })

  test('is options for useSubscription too, whose errors are read as any other', async () => {
    const client = watcherFor(served)
    const dibs = createTRPCOptionsProxy<AppRouter>({ client, queryClient: new QueryClient() })
    const watching = (username: string) => dibs.profile.watchUsername.subscriptionOptions({ username })
    let queried: { unsubscribe(): void } | undefined
    const data = await new Promise((resolve) => {
      queried = watching('queried').subscribe({ onData: resolve })
    })
    expect(data).toEqual({ status: 'available' })
    queried?.unsubscribe()
    await untilNobodyWatches(database)
    const failure = await new Promise((resolve) =>
      watching('x').subscribe({ onError: (error) => resolve(failureOf(error)) }),
    )
    expect(failure).toMatchObject({
      kind: 'INVALID_INPUT',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('without HTTP is an iterable, with the same failures', async () => {
    const context = contextOf(database)
    const leave = new AbortController()
    const { profile } = createCaller(context, { signal: leave.signal })
    const iterator = (await profile.watchUsername({ username: 'called' }))[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: { status: 'available' } })
    const next = iterator.next()
    await clientFor(served).profile.claimUsername.mutate({ username: 'called' })
    expect(await next).toEqual({ done: false, value: { status: 'taken' } })
    const last = iterator.next()
    leave.abort()
    expect(await last).toEqual({ done: true, value: undefined })
    const { profile: closing } = createCaller(context)
    const watching = (await closing.watchUsername({ username: 'called' }))[Symbol.asyncIterator]()
    await watching.next()
    const end = watching.next().catch((error) => failureOf(error))
    context.watches.close()
    expect(await end).toMatchObject({ kind: 'UNAVAILABLE', requestId: context.requestId })
    expect(database.names.watching()).toBe(0)
  })

  test('asks again where a proxy answered in place of the server', async () => {
    let answers = 0
    const fetching: typeof fetch = async (input, init) => {
      answers += 1
      return answers > 2 ? fetch(input, init) : new Response('Bad Gateway', { status: 502 })
    }
    const one = watch(clientFor(served, { EventSource, fetch: fetching }), 'behind-a-proxy')
    await one.until('available')
    expect(answers).toBe(3)
    one.stop()
    await untilNobodyWatches(database)
  })
})

test('a watch needs an EventSource, and says so where there is none', () => {
  expect(() => watch(clientFor({ url: 'http://localhost:3000' }), 'nowhere')).toThrow(
    /Give createDibsClient one/,
  )
})

test('names go out in payloads that PostgreSQL takes', async () => {
  const database = await openTestDatabase(engines.at(-1) ?? 'embedded')
  const names = Array.from({ length: 500 }, (_, at) => Username.parse(`${at}`.padStart(50, 'x')))
  const heard = names.map(
    (name) => new Promise<void>((resolve) => void database.names.watch([usernameKey(name)], resolve)),
  )
  await Promise.all(heard)
  const again = names.map(
    (name) => new Promise<void>((resolve) => void database.names.watch([usernameKey(name)], resolve)),
  )
  database.names.announce(names.map(usernameKey))
  await Promise.all(again)
  await database.close()
})
