import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { pino } from 'pino'
import { createApp } from '../../../server/app.ts'
import { type Database, openDatabase } from '../../../server/database/open.ts'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import { root } from '../../../server/root.ts'
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
  const dir = await mkdtemp(join(tmpdir(), 'dibs-web-'))
  const webDir = join(dir, 'web')
  await build(webDir)
  const log = pino({ level: 'silent' })
  const database = await openDatabase({ dataDir: join(dir, 'data') }, log)
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
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** As `npm run build` does: in a process of its own, since this one's NODE_ENV would make it a build for tests. */
async function build(outDir: string): Promise<void> {
  const { NODE_ENV: _, ...env } = process.env
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', outDir], { cwd: root, env })
}
