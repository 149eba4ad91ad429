import type { LookAlikes } from '../../shared/look-alikes.ts'
import type { Log } from '../log.ts'
import { DatabaseRefusal, type Engine, type EngineName } from './engine.ts'
import { databaseFault, isOfSqlstate, NotConnected } from './errors.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate } from './migrate.ts'
import { type NameChanges, openNameChanges } from './name-changes.ts'
import { type Query, queryBy } from './query.ts'
import { expectReady } from './ready.ts'
import { seedReservedNames } from './seed.ts'

/** Where the data is: a directory of the embedded database, or a PostgreSQL server. */
export type Location = { readonly dataDir: string } | { readonly url: string; readonly poolSize: number }

/** An open database, migrated and ready for queries. */
export interface Database {
  readonly prisma: PrismaClient
  readonly query: Query
  readonly engine: EngineName
  readonly names: NameChanges
  /** Rejects while the database does not answer, takes no writes, or lacks migrations of this build. */
  ping(): Promise<void>
  /** Waits for queries under way, then lets go of the database. */
  close(): Promise<void>
}

interface Opening {
  /** Whether the reserved names it starts out with keep off those that look like them. Default: 'refuse'. */
  readonly lookAlikes?: LookAlikes
  /** Whether it is only read from, so that one which takes no writes will do. Default: false. */
  readonly toRead?: boolean
}

/**
 * Opens a database and brings it up to date.
 *
 * @throws {DatabaseRefusal} when it is locked by another process, newer than this
 *   build, drifted or somebody else's; it is left untouched. And when it takes no writes, or has gone away.
 */
export async function openDatabase(
  location: Location,
  log: Log,
  { lookAlikes = 'refuse', toRead = false }: Opening = {},
): Promise<Database> {
  const engine = await openEngine(location, log)
  try {
    const migrations = await migrate(engine, log)
    // By itself: Prisma's client loads its query compiler, the largest part of it, for its first query.
    const query = queryBy(engine.run)
    await seedReservedNames(query, lookAlikes).catch((error: unknown) => {
      if (!toRead || !isReadOnly(error)) throw error
    })
    const prisma = new PrismaClient({ adapter: engine.adapter })
    const names = openNameChanges(engine, query, log)
    return {
      prisma,
      query,
      engine: engine.name,
      names,
      ping: () => expectReady(engine, query, migrations),
      async close() {
        try {
          await names.close()
          await prisma.$disconnect()
        } finally {
          await engine.close()
        }
      },
    }
  } catch (error) {
    await engine.close().catch((failed: unknown) => log.warn({ err: failed }, 'closing the database'))
    throw refusalOf(error, log)
  }
}

/** Of what is in the way of more than Dibs; any other error as it is. */
function refusalOf(error: unknown, log: Log): unknown {
  if (isOfSqlstate(error, readOnlyTransaction)) {
    return new DatabaseRefusal(
      'The database takes no writes: it is a standby, or its default_transaction_read_only is on. Point DATABASE_URL to the primary server, or set that to off.',
    )
  }
  if (isOfSqlstate(error, diskFull)) {
    return new DatabaseRefusal('The database has no space left to write. Free some and start again.')
  }
  if (databaseFault(error)?.kind !== 'unavailable') return error
  log.error({ err: error }, 'database unavailable')
  return new DatabaseRefusal(
    'The database went away while Dibs opened it; the log says how. Try again once it answers.',
  )
}

const readOnlyTransaction = '25006'
const diskFull = '53100'

/** Not a standby, on which no session of ours stays. */
function isReadOnly(error: unknown): boolean {
  return !(error instanceof NotConnected) && isOfSqlstate(error, readOnlyTransaction)
}

/** Loads only the engine that is asked for. */
async function openEngine(location: Location, log: Log): Promise<Engine> {
  if ('url' in location) {
    const { openPostgres } = await import('./postgres.ts')
    return openPostgres(location, log)
  }
  const { openEmbedded } = await import('./embedded.ts')
  return openEmbedded(location.dataDir, log)
}
