import { chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { serviceUser } from '../../support/cluster.ts'
import { freePort } from '../../support/server.ts'
import { newBackgroundProgram } from './background-program.ts'
import { newEtcd } from './etcd.ts'
import { haproxyConfiguration } from './haproxy.ts'
import { type Member, newMember, timing } from './patroni-member.ts'
import { findPrograms, versionOf } from './programs.ts'
import type { Failover, PostgresServer } from './system.ts'

/** A primary, a synchronous standby and one that can become it, with HAProxy in front. */
export interface Patroni extends PostgresServer, Failover {
  /** Of HAProxy, which leads to the primary. */
  readonly port: number
  readonly versions: Readonly<Record<string, string>>
  /** Dibs' database as its owner, who is no superuser, at another port of the loopback address. */
  urlAt(port: number): string
  /** Ends everything and removes its data. */
  remove(): Promise<void>
}

const names = ['a', 'b', 'c']

/** How long a cluster may take to be whole, in milliseconds: a member may have to be copied anew. */
const mostMs = 300_000

/**
 * Starts etcd, three members under Patroni, and HAProxy, on ports of the loopback address, with an
 * empty database for Dibs; resolves when a standby is synchronous.
 *
 * @throws what has to be installed, where a program is missing
 */
export async function openPatroni(): Promise<Patroni> {
  const programs = findPrograms()
  // Not below a directory of ours, which whoever runs PostgreSQL may not enter.
  const dir = mkdtempSync(join(tmpdir(), 'dibs-patroni-'))
  const { uid, gid } = serviceUser()
  if (uid !== undefined && gid !== undefined) chownSync(dir, uid, gid)

  // In memory where there is some: it waits for the disk, and who waits for it too long is no primary.
  const etcdData = join(existsSync('/dev/shm') ? '/dev/shm' : dir, `${basename(dir)}-etcd`)
  const etcd = await newEtcd(programs.etcd, { dir, data: etcdData })
  const members: Member[] = []
  for (const name of names) members.push(await newMember(name, { dir, etcdPort: etcd.port, programs }))
  const port = await freePort()
  const haproxyFile = join(dir, 'haproxy.cfg')
  writeFileSync(haproxyFile, haproxyConfiguration(port, members))
  const haproxy = newBackgroundProgram(programs.haproxy, ['-db', '-f', haproxyFile], join(dir, 'haproxy.log'))

  const clear = () => {
    for (const made of [dir, etcdData]) rmSync(made, { recursive: true, force: true })
  }
  // However this process ends, nothing of it stays behind.
  const end = () => {
    for (const one of [...members, etcd, haproxy]) one.endNow()
    clear()
  }
  process.once('exit', end)

  const primary = () => waitFor('primary', () => findAsync(members, (member) => member.isPrimary()))

  async function promoted(other: string): Promise<string> {
    const others = members.filter((member) => member.name !== other)
    const next = await waitFor(`primary other than ${other}`, () =>
      findAsync(others, async (member) => (await member.isPrimary()) && (await takesWrites(member))),
    )
    return next.name
  }

  async function heal(): Promise<void> {
    etcd.start()
    for (const member of members) {
      member.rejoin()
      member.start()
    }
    await waitFor('synchronous standby beside all its members', () =>
      findAsync(members, async (member) => (await member.isPrimary()) && (await isWhole(member, members))),
    )
  }

  async function remove(): Promise<void> {
    process.removeListener('exit', end)
    await Promise.all([...members.map((member) => member.close()), etcd.kill(), haproxy.kill()])
    clear()
  }

  try {
    haproxy.start()
    await heal()
    // On a busy machine the primary may change even now.
    const version = await waitFor('database for Dibs', async () => makeDatabase(await primary()))
    return {
      port,
      versions: {
        postgresql: version,
        patroni: versionOf(programs.patroni),
        etcd: versionOf(programs.etcd),
        haproxy: versionOf(programs.haproxy, '-v'),
        failover: Object.entries(timing)
          .map(([name, seconds]) => `${name} ${seconds} s`)
          .concat('synchronous_mode_strict')
          .join(', '),
      },
      urlAt: (at) => `postgresql://dibs@127.0.0.1:${at}/dibs`,
      connect: async () => (await primary()).connect('dibs'),
      kill: async () => (await primary()).killPostgres(),
      start: heal,
      async killPrimary() {
        const member = await primary()
        await member.kill()
        return member.name
      },
      async partitionPrimary() {
        const member = await primary()
        member.partition()
        return member.name
      },
      async killStandbys() {
        const { name } = await primary()
        const others = members.filter((member) => member.name !== name)
        await Promise.all(others.map((member) => member.kill()))
        return others.map((member) => member.name)
      },
      killEtcd: etcd.kill,
      promoted,
      heal,
      remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

/** The first of which this is so. */
async function findAsync<T>(all: readonly T[], is: (one: T) => Promise<boolean>): Promise<T | undefined> {
  for (const one of all) if (await is(one)) return one
  return undefined
}

/** Asks until there is an answer; one that can't be had is not there yet. */
async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + mostMs
  while (Date.now() < deadline) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    await sleep(100)
  }
  throw new Error(`Patroni's cluster got no ${what} within ${mostMs / 1000} s`)
}

/** Makes Dibs' role and database, unless they are there. Answers the server's version. */
async function makeDatabase(primary: Member): Promise<string> {
  const client = await primary.connect()
  try {
    const { rows } = await client.query(
      `SELECT current_setting('server_version') AS version,
              EXISTS (SELECT FROM pg_roles WHERE rolname = 'dibs') AS has_role,
              EXISTS (SELECT FROM pg_database WHERE datname = 'dibs') AS has_database`,
    )
    const [{ version, has_role, has_database }] = rows
    if (!has_role) await client.query('CREATE ROLE dibs LOGIN')
    if (!has_database) await client.query('CREATE DATABASE dibs OWNER dibs')
    return version
  } finally {
    await client.end()
  }
}

async function takesWrites(member: Member): Promise<boolean> {
  const client = await member.connect()
  try {
    const { rows } = await client.query('SELECT NOT pg_is_in_recovery() AS writable')
    return rows[0].writable
  } finally {
    await client.end()
  }
}

/**
 * A copy may end with a segment of the log that its primary only began, and asks for the next one then.
 * As long as nobody writes it would wait for ever.
 */
const goOnForWhoIsAhead = `
  SELECT pg_switch_wal() FROM pg_stat_replication
  WHERE state = 'startup' AND backend_start < clock_timestamp() - interval '1 second' LIMIT 1`

/** Whether all follow this primary, and one of them is waited for, by PostgreSQL's account and by Patroni's. */
async function isWhole(primary: Member, { length }: readonly Member[]): Promise<boolean> {
  const client = await primary.connect()
  try {
    await client.query(goOnForWhoIsAhead)
    const { rows } = await client.query(
      `SELECT count(*)::int AS streaming, (count(*) FILTER (WHERE sync_state = 'sync'))::int AS sync
       FROM pg_stat_replication WHERE state = 'streaming'`,
    )
    if (rows[0].streaming !== length - 1 || rows[0].sync !== 1) return false
  } finally {
    await client.end()
  }
  const roles = await primary.roles()
  return roles.length === length && roles.includes('sync_standby')
}
