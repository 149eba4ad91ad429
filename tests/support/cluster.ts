import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './server.ts'

/** A PostgreSQL of one's own, which may be stopped and started. */
export interface Cluster {
  readonly url: string
  start(): Promise<void>
  /** At once, as a crash would: sessions are ended, nothing is waited for. */
  stop(): Promise<void>
  /** Ends all its processes at once, as `kill -9` does; the next start recovers. */
  kill(): Promise<void>
  /** Stops it and deletes its data. */
  remove(): Promise<void>
}

/** Where Debian, Homebrew or the PATH keep the server's programs. */
export function localBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const places = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(':'),
    '/opt/homebrew/bin',
    '/usr/local/bin',
  ]
  return places.find((place) => existsSync(join(place, 'initdb')) && existsSync(join(place, 'postgres')))
}

/**
 * Makes and starts a throwaway cluster. PostgreSQL refuses to run as root, so root runs it as
 * its own user.
 *
 * @param environment for the server, `LOCPATH` for instance
 * @param settings of the server, besides what it needs to be found here
 */
export async function newCluster(
  bin: string,
  environment: Record<string, string> = {},
  settings: Record<string, string> = {},
): Promise<Cluster> {
  const dir = mkdtempSync(join(tmpdir(), 'dibs-postgres-'))
  const asUser = { ...serviceUser(), cwd: dir, env: { ...process.env, ...environment } }
  if (asUser.uid !== undefined) execFileSync('chown', [String(asUser.uid), dir])
  const data = join(dir, 'data')
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], asUser)
  const port = await freePort()
  const options = ['-D', data, '-p', String(port), '-k', dir, '-h', '127.0.0.1', '-c', 'max_connections=200']
  for (const [name, value] of Object.entries(settings)) options.push('-c', `${name}=${value}`)
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  let server: ChildProcess | undefined

  async function start(): Promise<void> {
    server = spawn(join(bin, 'postgres'), options, { ...asUser, stdio: 'ignore' })
    const deadline = Date.now() + 30_000
    while (!(await mayMakeDatabases(url))) {
      if (Date.now() > deadline) throw new Error(`PostgreSQL from ${bin} did not start`)
      await sleep(100)
    }
  }
  async function stop(): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    server.kill('SIGQUIT')
    await ended
  }
  /** Each of its processes is the leader of a group of its own, so that they have to be looked for. */
  async function kill(): Promise<void> {
    const pid = server?.pid
    if (server === undefined || pid === undefined || server.exitCode !== null || server.signalCode !== null)
      return
    const ended = new Promise((resolve) => server?.once('exit', resolve))
    // Stopped, it makes no more of them, and doesn't mind that they end.
    server.kill('SIGSTOP')
    const all = processes().filter((one) => one.pid === pid || one.parent === pid)
    for (const one of all) process.kill(one.pid, 'SIGKILL')
    await ended
    const isOfAll = ({ pid }: { pid: number }) => all.some((one) => one.pid === pid)
    while (processes().some(isOfAll)) await sleep(5)
    // The number may be another process's by the next start, which would then refuse.
    rmSync(join(data, 'postmaster.pid'), { force: true })
  }
  await start()
  return {
    url,
    start,
    stop,
    kill,
    async remove() {
      await stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Whether a server answers there and lets us make databases. */
export async function mayMakeDatabases(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    const { rows } = await client.query(
      'SELECT rolcreatedb OR rolsuper AS may FROM pg_roles WHERE rolname = current_user',
    )
    return rows[0].may
  } catch {
    return false
  } finally {
    await client.end()
  }
}

/** Those of this machine that run; not those that ended and that nobody asked after. */
export function processes(): { pid: number; parent: number }[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n')
  return lines
    .map((line) => line.trim().split(/\s+/))
    .flatMap(([pid, parent, state]) =>
      state?.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent) }],
    )
}

/** Whom PostgreSQL runs as, which refuses root. */
export function serviceUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  for (const name of ['postgres', 'nobody']) {
    const id = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' }))
    try {
      return { uid: id('-u'), gid: id('-g') }
    } catch {
      // No such user here; the next one then.
    }
  }
  throw new Error('PostgreSQL cannot run as root, and there is neither a user postgres nor nobody')
}
