import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { randomFrom } from '../../../server/domain/random.ts'
import { root } from '../../../server/root.ts'
import { localBinaries } from '../../support/cluster.ts'
import { type OpenSystem, openSystem } from '../system/open-system.ts'
import { type Busy, busy, isLike, type Seen } from './busy.ts'
import { clockJump } from './clock-jump.ts'
import { type ClockMove, newClockMoves } from './clock-moves.ts'
import { connectionsRefused } from './connections-refused.ts'
import { connectionsReset } from './connections-reset.ts'
import { databaseSilent } from './database-silent.ts'
import { databaseUnreachable } from './database-unreachable.ts'
import { deadlock } from './deadlock.ts'
import type { Fault } from './fault.ts'
import { lockTimeout } from './lock-timeout.ts'
import { poolExhausted } from './pool-exhausted.ts'
import { postgresKilled } from './postgres-killed.ts'
import { resetAfterCommit } from './reset-after-commit.ts'
import { resetBeforeCommit } from './reset-before-commit.ts'
import { serverKilled } from './server-killed.ts'
import { serverPaused } from './server-paused.ts'
import { sessionsTerminated } from './sessions-terminated.ts'
import { slowNetwork } from './slow-network.ts'
import { stalledNetwork } from './stalled-network.ts'
import { statementTimeout } from './statement-timeout.ts'

/** How long what goes wrong may last until it is noticed. */
const noticedWithinMs = 60_000
const unavailable = { status: 503, kind: 'UNAVAILABLE' }
const timeout = { status: 504, kind: 'UNAVAILABLE' }
const broken = { status: 0 }

type Enough = Parameters<Fault['inject']>[3]

describe.skipIf(localBinaries() === undefined)('while people claim names on PostgreSQL', () => {
  let dir: string
  let system: OpenSystem
  let people: Busy
  const clock = newClockMoves()

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dibs-faults-'))
    const program = join(root, 'dist', 'server', 'main.js')
    const crowds = { rounds: 1, people: 24, administrators: 0 }
    system = await openSystem({ database: 'postgres', processes: 2, program, dir, crowds })
  })
  afterAll(async () => {
    await system?.close()
    await rm(dir, { recursive: true, force: true })
  })
  beforeEach(async () => {
    people = busy(system)
    await people.sees({ status: 200 })
    // The words of what follows are not there without it.
    expect(people.seen.filter(isUnusual)).toEqual([])
  })
  afterEach(async () => {
    await people.stop()
    expect(people.seen.filter(({ status }) => status === 500)).toEqual([])
  })

  function isUnusual({ status }: Seen): boolean {
    return status !== 200
  }

  /** Makes it happen, and claims once more when it is over; answers its words and what was logged meanwhile. */
  async function inject(fault: Fault, { seed = 1, enough }: { seed?: number; enough?: Enough } = {}) {
    const before = await logged()
    const what = await fault.inject(system, randomFrom(seed), clock.move, enough)
    await people.sees({ status: 200 })
    const log = (await logged()).slice(before.length)
    const seen = (like: Partial<Seen>) => people.seen.filter((one) => isLike(one, like))
    return { what, log, seen }
  }

  /** Makes it last until somebody is told this and these words are logged; answers its own. */
  async function injectUntil(fault: Fault, told: Partial<Seen>, words: RegExp) {
    const before = await logged()
    const enough = async () => {
      for (const deadline = Date.now() + noticedWithinMs; Date.now() < deadline; await sleep(50)) {
        const isTold = people.seen.some((one) => isLike(one, told))
        if (isTold && words.test((await logged()).slice(before.length))) return
      }
    }
    const { what, log, seen } = await inject(fault, { enough })
    expect(log).toMatch(words)
    expect(seen(told).length).toBeGreaterThan(0)
    return what
  }

  async function logged(): Promise<string> {
    const logs = await Promise.all(
      system.servers.map(({ name }) => readFile(join(dir, `${name}.log`), 'utf8').catch(() => '')),
    )
    return logs.join('')
  }

  /** Who has these names. */
  async function ownersOf(claims: readonly Seen[]): Promise<(string | undefined)[]> {
    const client = await system.postgres?.connect()
    const { rows } = (await client?.query('SELECT key, owner_id FROM usernames')) ?? { rows: [] }
    await client?.end()
    const owners = new Map(rows.map(({ key, owner_id }) => [key, owner_id]))
    return claims.map(({ username }) => owners.get(username))
  }

  test('reset before its commit, a claim is unknown to who made it, and not made', async () => {
    const { what, seen } = await inject(resetBeforeCommit)
    expect(what).toMatch(/^[1-9]\d* of \d+ connections reset before a commit$/)
    const unknown = seen(unavailable)
    expect(unknown.length).toBeGreaterThan(0)
    expect(await ownersOf(unknown)).toEqual(unknown.map(() => undefined))
  })

  test('reset after its commit, a claim is unknown to who made it, and made', async () => {
    const { what, seen } = await inject(resetAfterCommit)
    expect(what).toMatch(/^[1-9]\d* of \d+ connections reset after a commit$/)
    const unknown = seen(unavailable)
    expect(unknown.length).toBeGreaterThan(0)
    expect(await ownersOf(unknown)).toEqual(unknown.map(({ by }) => by))
  })

  test('a killed server is another process afterwards', async () => {
    const before = system.servers.map(({ pid }) => pid)
    const { what, seen } = await inject(serverKilled)
    expect(what).toMatch(/^dibs-\d killed/)
    expect(system.servers.map(({ pid }) => pid)).not.toEqual(before)
    expect(seen(broken).length).toBeGreaterThan(0)
  })

  test('a paused server answers later', async () => {
    // By this seed for a second and a half, not for six.
    const { what, seen } = await inject(serverPaused, { seed: 5 })
    expect(what).toMatch(/^dibs-\d paused for 1\d{3} ms$/)
    expect(seen(broken)).toEqual([])
  })

  test('a killed PostgreSQL keeps what was acknowledged', async () => {
    const { log, seen } = await inject(postgresKilled)
    expect(log).toContain('idle database connection lost')
    expect(seen(unavailable).length).toBeGreaterThan(0)
    const made = seen({ status: 200 })
    // Those who claimed another name since have theirs as a former one.
    expect(await ownersOf(made)).toEqual(made.map(({ by }) => by))
  })

  test('connections are reset', async () => {
    const { what, seen } = await inject(connectionsReset)
    expect(what).toMatch(/behind byte \d+|all \d+ of/)
    expect([...seen(broken), ...seen(unavailable)].length).toBeGreaterThan(0)
  })

  /** Seeds by which it is which network. */
  test.each([
    ['people', 4],
    ['the database', 14],
  ])('a slow network to %s only takes longer', async (net, seed) => {
    const { what } = await inject(slowNetwork, { seed })
    expect(what).toMatch(/^\d+ ms later and \d+ bytes a second/)
    expect(what).toContain(`between Dibs and ${net},`)
    expect(people.seen.filter(isUnusual)).toEqual([])
  })

  test.each([
    ['people', 13],
    ['the database', 9],
  ])('a stalled network to %s only takes longer', async (net, seed) => {
    const { what } = await inject(stalledNetwork, { seed })
    expect(what).toMatch(/^nothing between dibs-\d and/)
    expect(what).toContain(`and ${net} for`)
    expect(people.seen.filter(isUnusual)).toEqual([])
  })

  test('a silent database is given up on', async () => {
    await injectUntil(databaseSilent, timeout, /Query read timeout/)
  })

  test('an unreachable database is unavailable', async () => {
    await injectUntil(databaseUnreachable, unavailable, /ECONNREFUSED|DatabaseNotReachable/)
  })

  test('a lock that is held for too long is a time-out', async () => {
    expect(await injectUntil(lockTimeout, timeout, /due to lock timeout/)).toMatch(/^profiles locked/)
  })

  test('who gets no connection is told that it is unavailable', async () => {
    const what = await injectUntil(poolExhausted, unavailable, /timeout exceeded when trying to connect/)
    expect(what).toMatch(/[1-9]\d* connections waited$/)
  })

  test('a statement that takes too long is a time-out', async () => {
    await injectUntil(statementTimeout, timeout, /due to statement timeout/)
  })

  test('a claim that was undone for a deadlock is made again', async () => {
    const { what } = await inject(deadlock)
    expect(what).toMatch(/[1-9]\d* deadlocks$/)
    expect(people.seen.filter(isUnusual)).toEqual([])
  })

  test('sessions that are ended are unavailable', async () => {
    const { what, seen } = await inject(sessionsTerminated)
    expect(what).toMatch(/^[1-9]\d* sessions ended$/)
    expect(seen(unavailable).length).toBeGreaterThan(0)
  })

  test('connections that are refused are unavailable', async () => {
    await injectUntil(connectionsRefused, unavailable, /too many connections|TooManyConnections|53300/)
  })

  test('days pass at one moment, for names and their history alike, and are noted', async () => {
    const client = await system.postgres?.connect()
    const held = async () =>
      (await client?.query('SELECT max(held_until) AS until FROM usernames'))?.rows[0].until.getTime()
    await people.stop()
    const before = await held()
    const moves: ClockMove[] = []
    const stopped = clock.into((move) => moves.push(move))
    const what = await clockJump.inject(system, randomFrom(1), clock.move)
    await stopped()
    const days = moves[0]?.input.days ?? 0
    expect(what).toBe(`${days} days passed`)
    expect(before - (await held())).toBe(days * 86_400_000)
    const unlike = await client?.query(`
      SELECT u.key FROM usernames u LEFT JOIN (
        SELECT DISTINCT ON (key) key, held_until FROM username_changes ORDER BY key, id DESC
      ) c ON c.key = u.key
      WHERE u.held_until IS DISTINCT FROM c.held_until`)
    expect(unlike?.rows).toEqual([])
    await client?.end()
  })
})
