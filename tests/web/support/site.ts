import { execFile } from 'node:child_process'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createApp } from '../../../server/app.ts'
import type { Database } from '../../../server/database/open.ts'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import { root } from '../../../server/root.ts'
import { silent as log, openTestDatabase } from '../../support/database.ts'
import { usualRules } from '../../support/rules.ts'
import { freePort } from '../../support/server.ts'

/** Dibs as its visitors meet it: the web app as it is now, the API and a database of its own. */
export interface Site {
  readonly url: string
  readonly database: Database
  /** Where the built web app is. */
  readonly webDir: string
  close(): Promise<void>
}

export interface SiteOptions {
  readonly rateLimits?: boolean
  readonly nameRules?: NameRules
}

export async function openSite({
  rateLimits = false,
  nameRules = usualRules,
}: SiteOptions = {}): Promise<Site> {
  const webDir = await build()
  const database = await openTestDatabase('embedded')
  const port = await freePort()
  const url = `http://localhost:${port}`
  const app = await createApp({
    settings: { publicUrl: url, corsOrigins: [], rateLimits, nameRules, trustProxy: false },
    database,
    log,
    authSecret: 'only for tests, and long enough for one',
    webDir,
  })
  await app.listen({ host: '127.0.0.1', port })
  return {
    url,
    database,
    webDir,
    async close() {
      await app.close()
      await database.close()
      await rm(webDir, { recursive: true, force: true })
    },
  }
}

/**
 * Builds only what has changed since it was built, and waits while another suite does. Answers a directory
 * with a copy, which stays as it is whoever builds next.
 */
async function build(): Promise<string> {
  // It would make the build one for tests.
  const { NODE_ENV: _, ...env } = process.env
  await promisify(execFile)('npm', ['run', '--silent', 'build:web'], { cwd: root, env })
  const webDir = await mkdtemp(join(tmpdir(), 'dibs-web-'))
  await cp(join(root, 'dist', 'web'), webDir, { recursive: true })
  return webDir
}
