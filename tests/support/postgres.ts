import { userInfo } from 'node:os'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { localBinaries, mayMakeDatabases, newCluster } from './cluster.ts'
import { makeTemplates, type Templates } from './templates.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A PostgreSQL on which databases may be made, or null where there is none. */
    postgresUrl: string | null
    templates: Templates
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
  const { templates, remove } = await makeTemplates(found?.url ?? null)
  project.provide('templates', templates)
  return async () => {
    await remove()
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
  if (bin === undefined) return null
  const { url, remove } = await newCluster(bin)
  return { url, from: `started from ${bin}`, stop: remove }
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
