import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseFault } from '../../server/database/errors.ts'
import { type Database, openDatabase } from '../../server/database/open.ts'
import { type Cluster, localBinaries, newCluster } from '../support/cluster.ts'
import { silent } from '../support/database.ts'
import { onServer, urlOfDatabase } from '../support/on-server.ts'
import { callerOf, somebody } from '../support/people.ts'

const bin = localBinaries()

describe.skipIf(bin === undefined)('on a replicated PostgreSQL', () => {
  let cluster: Cluster
  let database: Database
  let url: string
  beforeAll(async () => {
    if (bin === undefined) return
    cluster = await newCluster(bin)
    url = urlOfDatabase(cluster.url, 'dibs')
    await onServer(cluster.url, 'CREATE DATABASE dibs')
    database = await openDatabase({ url, poolSize: 4 }, silent)
  })
  afterAll(async () => {
    await database?.close()
    await cluster?.remove()
  })

  /** Has every commit wait for a standby, of which there is none; or no more. */
  async function waitForStandby(does: boolean): Promise<void> {
    await onServer(cluster.url, `ALTER SYSTEM SET synchronous_standby_names TO '${does ? '*' : ''}'`)
    await onServer(cluster.url, 'SELECT pg_reload_conf()')
    await expect
      .poll(() => ask(`SELECT setting = '*' AS is FROM pg_settings WHERE name = 'synchronous_standby_names'`))
      .toEqual([{ is: does }])
    if (does) await untilCommitsWait()
  }

  /** Commits wait once the checkpointer has read the setting as well. */
  async function untilCommitsWait(): Promise<void> {
    const client = new pg.Client({ connectionString: cluster.url })
    await client.connect()
    let isOver = false
    const probing = (async () => {
      for (; !isOver; await sleep(5)) await client.query("SELECT pg_logical_emit_message(true, 'probe', '')")
    })()
    await someoneWaits()
    isOver = true
    await ask(`SELECT pg_cancel_backend(pid) ${waiting}`)
    await probing
    await client.end()
  }

  async function ask(sql: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: cluster.url })
    await client.connect()
    const { rows } = await client.query(sql)
    await client.end()
    return rows
  }

  const waiting = `FROM pg_stat_activity WHERE wait_event = 'SyncRep'`

  async function someoneWaits(): Promise<void> {
    await expect.poll(() => ask(`SELECT ${waiting}`), { timeout: 30_000 }).toHaveLength(1)
  }

  /** As an operator would who sees a session hang. */
  async function cancelTheWait(): Promise<void> {
    await someoneWaits()
    await ask(`SELECT pg_cancel_backend(pid) ${waiting}`)
  }

  async function refusedAfterCancel(call: Promise<unknown>): Promise<void> {
    const refused = expect(call).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await cancelTheWait()
    await refused
  }

  test('PostgreSQL answers with success to a commit whose wait is cancelled', async () => {
    await waitForStandby(true)
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const made = client.query('CREATE TABLE made_up ()')
    await cancelTheWait()
    expect((await made).command).toBe('CREATE')
    await client.end()
    await waitForStandby(false)
    await onServer(url, 'DROP TABLE made_up')
  })

  const key = randomUUID
  test.each([
    ['with an idempotency key', { username: 'neo', idempotencyKey: key() }],
    ['without one', { username: 'trinity' }],
  ])(
    'a claim %s whose wait for the standby is cancelled is not acknowledged, nor is its retry before it is replicated',
    async (_, claim) => {
      const caller = callerOf(database, somebody())
      await waitForStandby(true)
      await refusedAfterCancel(caller.profile.claimUsername(claim))

      // It is committed here, so that the retry has nothing to do but to wait as well.
      const [second, third] = [caller.profile.claimUsername(claim), caller.profile.claimUsername(claim)]
      await expect.poll(() => ask(`SELECT ${waiting}`), { timeout: 10_000 }).not.toHaveLength(0)
      await waitForStandby(false)
      expect(await second).toMatchObject({ username: claim.username })
      expect(await third).toMatchObject({ username: claim.username })
    },
  )

  test('a release whose wait is cancelled is not acknowledged, nor is its retry', async () => {
    const caller = callerOf(database, somebody())
    await caller.profile.claimUsername({ username: 'morpheus' })
    const release = { idempotencyKey: key() }
    await waitForStandby(true)
    await refusedAfterCancel(caller.profile.releaseUsername(release))

    const second = caller.profile.releaseUsername(release)
    await someoneWaits()
    await waitForStandby(false)
    expect(await second).toMatchObject({ released: 'morpheus' })
  })

  test('a role that hides warnings is heard all the same', async () => {
    await onServer(cluster.url, 'ALTER ROLE postgres SET client_min_messages TO error')
    const deaf = await openDatabase({ url, poolSize: 1 }, silent)
    await waitForStandby(true)
    await refusedAfterCancel(callerOf(deaf, somebody()).profile.claimUsername({ username: 'tank' }))
    await waitForStandby(false)
    await deaf.close()
    await onServer(cluster.url, 'ALTER ROLE postgres RESET client_min_messages')
  })

  test('who is primary no more is not read from, until it is again', async () => {
    const [row] = await ask('SHOW data_directory')
    const data = String(Object.values(row ?? {})[0])
    await cluster.stop()
    execFileSync('install', ['-m', '644', '/dev/null', join(data, 'standby.signal')])
    await cluster.start()
    const read = () => database.prisma.profile.count()
    await expect(read()).rejects.toSatisfy((error) => databaseFault(error)?.kind === 'unavailable')
    await expect(database.ping()).rejects.toThrow()

    await ask('SELECT pg_promote()')
    expect(await read()).toBeGreaterThan(0)
  })
})
