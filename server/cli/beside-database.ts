import { randomUUID } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readSettings } from '../config.ts'
import { DatabaseInUse, DatabaseRefusal } from '../database/engine.ts'
import { type Database, openDatabase } from '../database/open.ts'
import { openClaims } from '../domain/claims.ts'
import { openLookUps } from '../domain/look-ups.ts'
import type { NameRules } from '../domain/name-rules.ts'
import { createWatches } from '../domain/watches.ts'
import { createLog } from '../log.ts'
import { createCaller } from '../router.ts'
import type { Opened } from './administration.ts'
import { Stop } from './stop.ts'

export interface OpenedDatabase extends Opened {
  readonly prisma: Database['prisma']
  readonly rules: NameRules
}

/**
 * Opens the database as a server with these settings does, and administers as whoever runs the service.
 *
 * @param toRead whether nothing will be changed, so that a database which takes no writes will do
 */
export async function besideDatabase(
  environment: Readonly<Record<string, string | undefined>>,
  { toRead = false } = {},
): Promise<OpenedDatabase> {
  const { database, rules } = await open(environment, toRead)
  const caller = createCaller({
    isOperator: true,
    person: null,
    requestId: randomUUID(),
    address: '',
    log,
    database,
    rules,
    limits: null,
    watches: createWatches(database),
    claims: openClaims(database, rules),
    lookUps: openLookUps(database, rules),
  })
  return { admin: caller.admin, prisma: database.prisma, rules, close: () => database.close() }
}

/** Defects alone, where they are in the way of no result. */
const log = createLog('error', { write: (line) => void process.stderr.write(line) })

async function open(environment: Readonly<Record<string, string | undefined>>, toRead: boolean) {
  try {
    const { database, nameRules: rules } = readSettings(environment, { serving: false })
    if ('dataDir' in database) await expectDatabase(database.dataDir)
    return { database: await openDatabase(database, log, { ...rules, toRead }), rules }
  } catch (error) {
    if (error instanceof DatabaseInUse) {
      throw new Stop(
        'REFUSED',
        'The embedded database is in use by a running server. Stop that one first. What has --url can go through it instead: --url http://localhost:3000, with an administrator’s token in DIBS_TOKEN.',
      )
    }
    if (error instanceof DatabaseRefusal) throw new Stop('REFUSED', error.message)
    const { code, path } = error as NodeJS.ErrnoException
    if (path === undefined || !(code === 'EACCES' || code === 'EPERM')) throw error
    throw new Stop('REFUSED', `${path} is out of reach (${code}). Run this as the user that Dibs runs as.`)
  }
}

/** Makes none, where a server would. */
async function expectDatabase(dataDir: string): Promise<void> {
  try {
    await stat(join(dataDir, 'database'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error
    throw new Stop(
      'REFUSED',
      `There is no database in ${dataDir}. Run this where Dibs runs, or set DATA_DIR or DATABASE_URL as there; a new one is made by "npm start".`,
    )
  }
}
