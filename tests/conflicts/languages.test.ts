import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/database/open.ts'
import { type Cluster, localBinaries, newCluster } from '../support/cluster.ts'
import { silent } from '../support/database.ts'
import { internals, runIn } from './procedure.ts'

const languages = ['de_DE', 'fr_FR', 'ja_JP', 'ru_RU']
const bin = localBinaries()
const locales = bin === undefined ? undefined : compileLocales()

/** Compiles the locales where a server may find them; undefined where the system has no sources for them. */
function compileLocales(): string | undefined {
  const dir = mkdtempSync(join(tmpdir(), 'dibs-locales-'))
  chmodSync(dir, 0o755)
  try {
    for (const language of languages) {
      const args = ['--no-archive', '-i', language, '-f', 'UTF-8', join(dir, `${language}.UTF-8`)]
      execFileSync('localedef', args, { stdio: 'ignore' })
    }
    return dir
  } catch {
    rmSync(dir, { recursive: true, force: true })
    return undefined
  }
}

// Needs the package "locales" (localedef and its sources) and a server with translations.
describe.skipIf(locales === undefined)('a PostgreSQL that speaks', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await newCluster(bin ?? '', { LOCPATH: locales ?? '' })
  })
  afterAll(async () => {
    await cluster?.remove()
    rmSync(locales ?? '', { recursive: true, force: true })
  })

  test.each(languages)('%s is understood, and loses no connections to losers', async (language) => {
    const name = `speaks_${language.toLowerCase()}`
    const server = new pg.Client(cluster.url)
    await server.connect()
    await server.query(`CREATE DATABASE ${name}`)
    await server.query(`ALTER DATABASE ${name} SET lc_messages TO '${language}.UTF-8'`)
    await server.end()
    const url = new URL(cluster.url)
    url.pathname = `/${name}`
    const database = await openDatabase({ url: url.href, poolSize: 1 }, silent)
    const { prisma } = database
    const pid = () => prisma.$queryRaw`SELECT pg_backend_pid() AS pid`

    const raw =
      await prisma.$executeRaw`INSERT INTO usernames (key, display) VALUES ('admin', 'admin')`.catch(String)
    const before = await pid()
    const admin = { key: 'admin', display: 'admin' }
    const ends = [
      await runIn(database, ['USERNAME_TAKEN'], () => prisma.username.create({ data: admin })),
      await runIn(
        database,
        ['USERNAME_TAKEN'],
        () => prisma.$executeRaw`INSERT INTO usernames (key, display) VALUES ('admin', 'admin')`,
      ),
      await runIn(database, ['USERNAME_TAKEN'], () =>
        prisma.$transaction((tx) => tx.username.create({ data: admin })),
      ),
    ]
    const after = await pid()
    await database.close()

    expect(raw).toMatch(/usernames_pkey/)
    expect(raw).not.toMatch(/duplicate key value/)
    expect(ends.map((end) => end.failure?.kind)).toEqual(Array(3).fill('USERNAME_TAKEN'))
    expect(ends.map((end) => end.wire).join('\n')).not.toMatch(internals)
    expect(after).toEqual(before)
  })
})
