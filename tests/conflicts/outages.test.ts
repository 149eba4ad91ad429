import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/database/open.ts'
import { type Observer, observe } from '../database/backends.ts'
import { type Cluster, localBinaries, newCluster } from '../support/cluster.ts'
import {
  newPlace,
  openTestDatabase,
  silent,
  type TestDatabase,
  urlOf,
  withPostgres,
} from '../support/database.ts'
import { internals, runIn, warn } from './procedure.ts'

const unavailable = { kind: 'UNAVAILABLE', payload: null }
const bin = localBinaries()

describe('the embedded database', () => {
  test('is unavailable once it is closed', async () => {
    const place = await newPlace('embedded', { migrated: true })
    const database = await openDatabase(place.location, silent)
    await database.close()
    const end = await runIn(database, [], () => database.prisma.username.count())
    await place.remove()
    expect(end.failure).toMatchObject(unavailable)
    expect(end.httpStatus).toBe(503)
    expect(end.wire).not.toMatch(internals)
  })
})

describe.skipIf(!withPostgres)('a session of PostgreSQL', () => {
  let database: TestDatabase
  let other: Observer
  beforeAll(async () => {
    database = await openTestDatabase('postgresql', { poolSize: 1 })
    await database.prisma.$executeRaw`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(30); RETURN NULL; END $$`
    await database.prisma.$executeRaw`CREATE TABLE slow (id int)`
    await database.prisma.$executeRaw`
      CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION dawdle()`
  })
  afterAll(() => database?.close())
  beforeEach(async () => {
    other = await observe(urlOf(database.location))
  })
  afterEach(() => other.close())

  const terminated: Record<string, { statement: string; work: () => Promise<unknown> }> = {
    'a query': {
      statement: 'pg_sleep',
      work: () => database.prisma.$queryRaw`SELECT true FROM pg_sleep(30)`,
    },
    'an interactive transaction': {
      statement: 'pg_sleep',
      work: () => database.prisma.$transaction((tx) => tx.$queryRaw`SELECT true FROM pg_sleep(30)`),
    },
    'a COMMIT': {
      statement: 'COMMIT',
      work: () => database.prisma.$transaction((tx) => tx.$executeRaw`INSERT INTO slow VALUES (1)`),
    },
  }
  test.each(Object.entries(terminated))(
    'terminated during %s is unavailable, and the next call works',
    async (_, { statement, work }) => {
      const running = runIn(database, [], work)
      const pid = await other.untilBackend(statement, 'for anything')
      await other.query('SELECT pg_terminate_backend($1)', [pid])
      const end = await running
      expect(end.failure).toMatchObject(unavailable)
      expect(end.httpStatus).toBe(503)
      expect(end.wire).not.toMatch(internals)
      const next = await runIn(
        database,
        [],
        () => database.prisma.$queryRaw`SELECT count(*)::int AS n FROM slow`,
      )
      expect(next.answer).toEqual([{ n: 0 }])
    },
  )

  test('that is busy makes others unavailable when they waited for 5 seconds', async () => {
    const holder = Promise.allSettled([database.prisma.$queryRaw`SELECT true FROM pg_sleep(30)`])
    const pid = await other.untilBackend('pg_sleep', 'for anything')
    const started = performance.now()
    const [query, transaction] = await Promise.all([
      runIn(database, [], () => database.prisma.username.count()),
      runIn(database, [], () => database.prisma.$transaction((tx) => tx.username.count())),
    ])
    const waitedMs = performance.now() - started
    await other.query('SELECT pg_terminate_backend($1)', [pid])
    await holder
    expect(query.failure).toMatchObject(unavailable)
    expect(query.wire).not.toMatch(internals)
    expect(transaction.failure).toMatchObject(unavailable)
    expect(transaction.wire).not.toMatch(internals)
    expect(waitedMs).toBeGreaterThan(4_900)
    // The statement that is in the way is cancelled after 10.
    expect(waitedMs).toBeLessThan(9_500)
  })
})

describe.skipIf(!withPostgres)('a PostgreSQL that lets nobody in', () => {
  let database: TestDatabase
  let other: Observer
  beforeAll(async () => {
    database = await openTestDatabase('postgresql', { poolSize: 1 })
    const elsewhere = new URL(urlOf(database.location))
    elsewhere.pathname = '/postgres'
    other = await observe(elsewhere.href)
  })
  afterAll(async () => {
    await other?.close()
    await database?.close()
  })

  const asked: Record<string, () => Promise<unknown>> = {
    'a query': () => database.prisma.username.count(),
    'a statement': () => database.query`SELECT count(*)::text FROM usernames`,
    'an interactive transaction': () => database.prisma.$transaction((tx) => tx.username.count()),
  }
  test.each(Object.entries(asked))('is unavailable to %s until it does', async (_, work) => {
    const name = new URL(urlOf(database.location)).pathname.slice(1)
    await other.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`)
    await other.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
    // The first may be told that it lost its connection; the second is refused one (55000).
    const ends = [await runIn(database, [], work), await runIn(database, [], work)]
    await other.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`)
    for (const end of ends) {
      expect(end).toMatchObject({ failure: unavailable, httpStatus: 503 })
      expect(end.wire).not.toMatch(internals)
      expect(end.log).toMatchObject([{ level: warn }])
    }
    expect(JSON.stringify(ends[1]?.log)).toContain('is not currently accepting connections')
    expect((await runIn(database, [], work)).failure).toBeUndefined()
  })
})

describe.skipIf(!withPostgres)('a PostgreSQL that falls silent', () => {
  /** Passes everything on until it is told to keep it to itself, as a host does whose power went. */
  async function startRelay(to: URL) {
    const sockets = new Set<Socket>()
    let silent = false
    const server = createServer((client) => {
      const upstream = connect(Number(to.port || 5432), to.hostname)
      for (const [from, into] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(from)
        from.on('error', () => {}).on('close', () => into.destroy())
        from.on('data', (bytes) => silent || into.write(bytes))
      }
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = new URL(to)
    url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
    return {
      url: url.href,
      setSilent(now: boolean) {
        silent = now
      },
      close() {
        for (const socket of sockets) socket.destroy()
        server.close()
      },
    }
  }

  test('is given up after 12 seconds, and found again when it answers new connections', async () => {
    const place = await newPlace('postgresql', { migrated: true })
    const relay = await startRelay(new URL(urlOf(place.location)))
    const database = await openDatabase({ url: relay.url, poolSize: 1 }, silent)
    const count = () => runIn(database, [], () => database.prisma.profile.count())
    relay.setSilent(true)
    const started = performance.now()
    const lost = await count()
    const waitedMs = performance.now() - started
    relay.setSilent(false)
    const found = await count()
    await database.close()
    relay.close()
    await place.remove()
    expect(lost.failure).toMatchObject(unavailable)
    expect(lost.httpStatus).toBe(504)
    expect(lost.wire).not.toMatch(internals)
    expect(waitedMs).toBeLessThan(30_000)
    expect(found.answer).toBe(0)
  })
})

describe.skipIf(bin === undefined)('a PostgreSQL that stops', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await newCluster(bin ?? '')
  })
  afterAll(() => cluster?.remove())

  test('is unavailable until it is back, without a restart of ours', async () => {
    const database = await openDatabase({ url: cluster.url, poolSize: 4 }, silent)
    const count = () =>
      runIn(database, [], () => database.prisma.username.count({ where: { ownerId: null } }))
    const sleeping = runIn(database, [], () => database.prisma.$queryRaw`SELECT true FROM pg_sleep(30)`)
    const before = await Promise.all([count(), count(), count()])
    const observer = await observe(cluster.url)
    await observer.untilBackend('pg_sleep', 'for anything')
    await observer.close()

    await cluster.stop()
    const down = [await sleeping, ...(await Promise.all([count(), count(), count(), count()]))]
    await expect(database.ping()).rejects.toThrow()
    await cluster.start()
    const back = await Promise.all([count(), count(), count(), count()])
    await database.ping()
    await database.close()

    expect(before.map((end) => end.failure)).toEqual([undefined, undefined, undefined])
    expect(down.map((end) => end.failure?.kind)).toEqual(Array(5).fill('UNAVAILABLE'))
    expect(down.map((end) => end.httpStatus)).toEqual(Array(5).fill(503))
    expect(down.map((end) => end.wire).join('\n')).not.toMatch(internals)
    expect(back.map((end) => end.answer)).toEqual(Array(4).fill(before[0]?.answer))
  })
})
