import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import * as z from 'zod'
import { freePort } from '../../support/server.ts'
import { killTree, killTreeNow, newBackgroundProgram } from './background-program.ts'
import { openProxy } from './open-proxy.ts'
import type { Programs } from './programs.ts'

/** A PostgreSQL and the Patroni that looks after it. */
export interface Member {
  readonly name: string
  /** Its PostgreSQL and Patroni's REST interface, as those who use the database reach them. */
  readonly port: number
  readonly restPort: number
  start(): void
  /** Ends Patroni and PostgreSQL at once, as `kill -9` does. */
  kill(): Promise<void>
  /** Ends PostgreSQL alone. */
  killPostgres(): Promise<void>
  /** Keeps it and the other members, and it and etcd, from hearing of each other, while every connection stays open. */
  partition(): void
  rejoin(): void
  /** Whether Patroni says that it is the primary. */
  isPrimary(): Promise<boolean>
  /** The parts that the members play, by what Patroni knows: `leader`, `sync_standby`, `replica`. */
  roles(): Promise<string[]>
  connect(database?: string): Promise<pg.Client>
  /** Kills everything, without waiting: for a process that is about to end. */
  endNow(): void
  close(): Promise<void>
}

/** How soon a primary that is lost is replaced, in seconds: the least that doesn't take a busy one for lost. */
export const timing = { ttl: 10, loop_wait: 1, retry_timeout: 4 }

const durable = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', wal_log_hints: 'on' }

/** Makes a member; the first to be started makes the database, the others copy it. */
export async function newMember(
  name: string,
  { dir, etcdPort, programs }: { dir: string; etcdPort: number; programs: Programs },
): Promise<Member> {
  const port = await freePort()
  const restPort = await freePort()
  const data = join(dir, name)
  // Members know each other, and etcd, only through these.
  const proxies = {
    etcd: await openProxy({ host: '127.0.0.1', port: etcdPort }),
    postgres: await openProxy({ host: '127.0.0.1', port }),
    rest: await openProxy({ host: '127.0.0.1', port: restPort }),
  }
  const settings = {
    scope: 'dibs',
    name,
    restapi: { listen: `127.0.0.1:${restPort}`, connect_address: `127.0.0.1:${proxies.rest.port}` },
    // Else it would go to the address that etcd tells, past the proxy.
    etcd3: { hosts: [`127.0.0.1:${proxies.etcd.port}`], use_proxies: true },
    bootstrap: {
      dcs: {
        ...timing,
        synchronous_mode: true,
        synchronous_mode_strict: true,
        maximum_lag_on_failover: 1024 ** 3,
        postgresql: {
          use_pg_rewind: true,
          parameters: {
            ...durable,
            max_connections: 200,
            wal_sender_timeout: '5s',
            wal_receiver_timeout: '5s',
            recovery_init_sync_method: 'syncfs',
          },
        },
      },
      initdb: ['no-sync', { encoding: 'UTF8' }, { 'auth-local': 'trust' }, { 'auth-host': 'trust' }],
    },
    postgresql: {
      listen: `127.0.0.1:${port}`,
      connect_address: `127.0.0.1:${proxies.postgres.port}`,
      data_dir: data,
      bin_dir: programs.postgres,
      pgpass: join(dir, `${name}.pgpass`),
      use_unix_socket: true,
      remove_data_directory_on_rewind_failure: true,
      remove_data_directory_on_diverged_timelines: true,
      basebackup: [{ checkpoint: 'fast' }, 'no-sync'],
      authentication: { superuser: { username: 'postgres' }, replication: { username: 'replicator' } },
      pg_hba: [
        'local all all trust',
        'host all all 127.0.0.1/32 trust',
        'host replication all 127.0.0.1/32 trust',
      ],
      parameters: { unix_socket_directories: dir },
    },
  }
  const file = join(dir, `${name}.json`)
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify(settings, null, 2))
  const patroni = newBackgroundProgram(programs.patroni, [file], join(dir, `${name}.log`))

  function postmaster(): number | undefined {
    const pidFile = join(data, 'postmaster.pid')
    const [pid, directory] = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n') : []
    // The file outlives a PostgreSQL that was killed, and its number may be another process's by now.
    const isOurs = pid && directory === data && commandOf(Number(pid)).includes(data)
    return isOurs ? Number(pid) : undefined
  }

  async function killPostgres(): Promise<void> {
    const pid = postmaster()
    if (pid !== undefined) await killTree(pid)
  }

  async function connect(database = 'postgres'): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: `postgresql://postgres@127.0.0.1:${port}/${database}`,
      application_name: 'proof',
      connectionTimeoutMillis: 2_000,
      query_timeout: 20_000,
    })
    // It may be killed; whoever uses the session hears of it from their query.
    client.on('error', () => {})
    await client.connect()
    return client
  }

  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${restPort}${path}`, { signal: AbortSignal.timeout(1_000) })

  return {
    name,
    port,
    restPort,
    start: patroni.start,
    killPostgres,
    connect,
    async kill() {
      // Patroni first, which would start PostgreSQL again.
      await patroni.kill()
      await killPostgres()
    },
    partition() {
      for (const proxy of Object.values(proxies)) proxy.stall()
    },
    rejoin() {
      for (const proxy of Object.values(proxies)) proxy.heal()
    },
    async isPrimary() {
      try {
        return (await ask('/primary')).ok
      } catch {
        return false
      }
    },
    async roles() {
      return Cluster.parse(await (await ask('/cluster')).json()).members.map(({ role }) => role)
    },
    endNow() {
      patroni.endNow()
      const pid = postmaster()
      if (pid !== undefined) killTreeNow(pid)
    },
    async close() {
      await patroni.kill()
      await killPostgres()
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()))
    },
  }
}

const Cluster = z.object({ members: z.array(z.object({ role: z.string() })) })

/** The words a process was started with; none where there is no such process. */
function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
