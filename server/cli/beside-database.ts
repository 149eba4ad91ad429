import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
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

/** Opens the database as a server with these settings does, and administers as whoever runs the service. */
export async function besideDatabase(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OpenedDatabase> {
  const { database, rules } = await open(environment)
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

async function open(environment: Readonly<Record<string, string | undefined>>) {
  try {
    const settings = readSettings(environment, { serving: false })
    if ('dataDir' in settings.database && !existsSync(join(settings.database.dataDir, 'database'))) {
      throw new Stop(
        'REFUSED',
        `There is no database in ${settings.database.dataDir}. Run this where Dibs runs, or set DATA_DIR or DATABASE_URL as there; a new one is made by "npm start".`,
      )
    }
    return {
      database: await openDatabase(settings.database, log, settings.nameRules),
      rules: settings.nameRules,
    }
  } catch (error) {
    if (error instanceof DatabaseInUse) {
      throw new Stop(
        'REFUSED',
        'The embedded database is in use by a running server. Stop that one first. What has --url can go through it instead: --url http://localhost:3000, with an administrator’s token in DIBS_TOKEN.',
      )
    }
    if (error instanceof DatabaseRefusal) throw new Stop('REFUSED', error.message)
    throw error
  }
}
