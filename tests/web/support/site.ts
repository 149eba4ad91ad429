import { join } from 'node:path'
import { type AppOptions, createApp } from '../../../server/app.ts'
import type { Database } from '../../../server/database/open.ts'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import { root } from '../../../server/root.ts'
import { silent as log, openTestDatabase } from '../../support/database.ts'
import { usualRules } from '../../support/rules.ts'
import { freePort } from '../../support/server.ts'

/** Where the built web app is. */
export const webDir = join(root, 'dist', 'web')

/** Dibs as its visitors meet it: the web app as built, the API and a database of its own. */
export interface Site {
  readonly url: string
  readonly database: Database
  close(): Promise<void>
}

export interface SiteOptions {
  readonly rateLimits?: boolean
  readonly nameRules?: NameRules
  /** Who callers are, where accounts are not Dibs' own. */
  readonly authenticate?: AppOptions['authenticate']
}

export async function openSite({
  rateLimits = false,
  nameRules = usualRules,
  authenticate,
}: SiteOptions = {}): Promise<Site> {
  const database = await openTestDatabase('embedded')
  const port = await freePort()
  const url = `http://localhost:${port}`
  const app = await createApp({
    settings: { publicUrl: url, corsOrigins: [], rateLimits, nameRules, trustProxy: false },
    database,
    log,
    ...(authenticate ? { authenticate } : { authSecret: 'only for tests, and long enough for one' }),
    webDir,
  })
  await app.listen({ host: '127.0.0.1', port })
  return {
    url,
    database,
    async close() {
      await app.close()
      await database.close()
    },
  }
}
