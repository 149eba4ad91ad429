import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { freePort } from './server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL on which databases may be made, or null where there is none. */
    postgresUrl: string | null
  }
}

interface Found {
  readonly url: string
  readonly from: string
  stop(): Promise<void>
}

/** Finds a PostgreSQL for the suites to run against besides the embedded database, and says which. */
export default async function setup(project: TestProject) {
  const found = await find()
  const version = found && (await versionOf(found.url))
  const covered = found
    ? `embedded and PostgreSQL ${version} (${found.from})`
    : 'embedded only: no PostgreSQL found. Set TEST_DATABASE_URL to a server on which databases may be made.'
  const say = () => process.stdout.write(`\nDatabases covered: ${covered}\n\n`)
  say()
  project.provide('postgresUrl', found?.url ?? null)
  return async () => {
    await found?.stop()
    say()
  }
}

async function find(): Promise<Found | null> {
  const given = process.env.TEST_DATABASE_URL
  if (given) {
    await versionOf(given)
    return { url: given, from: 'TEST_DATABASE_URL', stop: async () => {} }
  }
  for (const user of new Set(['postgres', userInfo().username])) {
    const url = `postgresql://${user}@127.0.0.1:5432/postgres`
    if (await mayMakeDatabases(url)) return { url, from: 'the local server', stop: async () => {} }
  }
  const bin = localBinaries()
  return bin ? startCluster(bin) : null
}

async function versionOf(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query('SHOW server_version')
    return rows[0].server_version
  } finally {
    await client.end()
  }
}

async function mayMakeDatabases(url: string): Promise<boolean> {
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

/** Where Debian, Homebrew or the PATH keep the server's programs. */
function localBinaries(): string | undefined {
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

/** Starts a throwaway cluster. PostgreSQL refuses to run as root, so root runs it as its own user. */
async function startCluster(bin: string): Promise<Found> {
  const dir = mkdtempSync(join(tmpdir(), 'dibs-postgres-'))
  const asUser = serviceUser()
  if (asUser.uid !== undefined) execFileSync('chown', [String(asUser.uid), dir])
  const data = join(dir, 'data')
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], {
    ...asUser,
    cwd: dir,
  })
  const port = await freePort()
  const options = ['-D', data, '-p', String(port), '-k', dir, '-h', '127.0.0.1', '-c', 'max_connections=200']
  const server = spawn(join(bin, 'postgres'), options, { ...asUser, cwd: dir, stdio: 'ignore' })
  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`
  const deadline = Date.now() + 30_000
  while (!(await mayMakeDatabases(url))) {
    if (Date.now() > deadline) throw new Error(`PostgreSQL from ${bin} did not start`)
    await sleep(200)
  }
  return {
    url,
    from: `started from ${bin}`,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve))
      server.kill('SIGINT')
      await ended
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function serviceUser(): { uid?: number; gid?: number } {
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
