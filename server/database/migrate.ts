import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type { Log } from '../log.ts'
import { isAsMade } from './as-made.ts'
import { DatabaseRefusal, type Engine } from './engine.ts'
import {
  type MigrationEngine,
  prismaDirectory,
  readMigrations,
  reasonOf,
  startMigrationEngine,
} from './migration-engine.ts'
import {
  refuseDiverged,
  refuseDrifted,
  refuseForeign,
  refuseOtherSchema,
  refuseRewritten,
} from './refusals.ts'

/**
 * The advisory lock of Prisma's migration engine. It can be taken again within a session, so
 * holding it around the checks too keeps out other servers and `prisma migrate deploy` alike.
 */
const migrationLock = 72_707_369

/**
 * Brings a database up to date, once, however many processes start at the same time.
 * Answers the names of its migrations.
 *
 * @throws {DatabaseRefusal} before anything is changed, when the database isn't what the
 *   migrations on disk made.
 */
export async function migrate(
  engine: Engine,
  log: Log,
  directory = prismaDirectory,
): Promise<readonly string[]> {
  const session = await engine.connectToMigrate()
  try {
    if (engine.name === 'postgresql') await lock(session)
    await refuseOtherSchema(session)
    const migrations = await readMigrations(directory)
    const names = migrations.migrationDirectories.map(({ path }) => path)
    if (await isAsMade(session, directory, migrations)) return names
    const migrator = await startMigrationEngine(session, directory)
    try {
      await refuseForeign(session)
      const pending = await refuseDiverged(migrator)
      await refuseDrifted(migrator, pending)
      await refuseRewritten(session, directory, pending)
      if (pending.length > 0) await apply(migrator, log)
      return names
    } finally {
      migrator.engine.free()
    }
  } finally {
    if (engine.name === 'postgresql') await session.dispose()
  }
}

/** Waits its turn; the lock ends with the session. */
async function lock(session: SqlDriverAdapter): Promise<void> {
  const sql = `SELECT 1 FROM (SELECT pg_advisory_lock(${migrationLock})) AS locked`
  await session.queryRaw({ sql, args: [], argTypes: [] })
}

async function apply({ engine, migrations, filters }: MigrationEngine, log: Log): Promise<void> {
  const migrationsList = migrations
  try {
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters })
    log.info({ migrations: appliedMigrationNames }, 'database migrated')
  } catch (error) {
    log.error({ err: error }, 'migrations')
    const { failedMigrationNames } = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters,
    })
    throw new DatabaseRefusal(
      `Migrating the database failed${failedMigrationNames.map((name) => ` in ${name}`).join()}: ${reasonOf(error)}`,
    )
  }
}
