import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type { DiffTarget } from '@prisma/schema-engine-wasm'
import type { Log } from '../log.ts'
import { DatabaseRefusal, type Engine } from './engine.ts'
import { listHandwritten, readHandwritten } from './handwritten.ts'
import { type MigrationEngine, prismaDirectory, startMigrationEngine } from './migration-engine.ts'

/**
 * The advisory lock of Prisma's migration engine. It can be taken again within a session, so
 * holding it around the checks too keeps out other servers and `prisma migrate deploy` alike.
 */
const migrationLock = 72_707_369

/**
 * Brings a database up to date, once, however many processes start at the same time.
 *
 * @throws {DatabaseRefusal} before anything is changed, when the database isn't what the
 *   migrations on disk made.
 */
export async function migrate(engine: Engine, log: Log, directory = prismaDirectory): Promise<void> {
  const session = await engine.connectToMigrate()
  try {
    if (engine.name === 'postgresql') await lock(session)
    const migrator = await startMigrationEngine(session, directory)
    try {
      await refuseForeign(session)
      const pending = await refuseDiverged(migrator)
      await refuseDrifted(migrator, pending)
      if (pending.length > 0) await apply(migrator, log)
      else await refuseRewritten(session, directory)
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

/** A database that has tables but no history of migrations is somebody else's. */
async function refuseForeign(session: SqlDriverAdapter): Promise<void> {
  const sql = `
    SELECT table_name FROM information_schema.tables
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
    ORDER BY table_name = '_prisma_migrations' DESC, table_name LIMIT 1`
  const { rows } = await session.queryRaw({ sql, args: [], argTypes: [] })
  const first = rows[0]?.[0]
  if (first !== undefined && first !== '_prisma_migrations') {
    throw new DatabaseRefusal(
      `The database has tables that Dibs did not make ("${String(first)}" among them). Nothing was changed. Give Dibs a database of its own.`,
    )
  }
}

/** Compares the history in the database with the one on disk. Answers the migrations to apply. */
async function refuseDiverged({ engine, migrations, filters }: MigrationEngine): Promise<readonly string[]> {
  const { history, failedMigrationNames, editedMigrationNames } = await engine.diagnoseMigrationHistory({
    migrationsList: migrations,
    optInToShadowDatabase: false,
    filters,
  })
  if (failedMigrationNames.length > 0) {
    throw new DatabaseRefusal(
      `A migration failed half-way on this database: ${failedMigrationNames.join(', ')}. Repair what it left, then mark it with "npx prisma migrate resolve".`,
    )
  }
  if (history !== null && history.diagnostic !== 'databaseIsBehind') {
    throw new DatabaseRefusal(
      `The database is newer than this build of Dibs, or another application's: it has the migrations ${history.unpersistedMigrationNames.join(', ')}. Nothing was changed. Start a build that has them too.`,
    )
  }
  if (editedMigrationNames.length > 0) {
    throw new DatabaseRefusal(
      `Migrations were edited after this database applied them: ${editedMigrationNames.join(', ')}. Nothing was changed. Restore them; a change belongs in a new migration ("npm run db:migrate").`,
    )
  }
  return history?.unappliedMigrationNames ?? []
}

/** Compares the tables that the applied migrations make with those that are there. */
async function refuseDrifted(
  { engine, migrations, filters, schema }: MigrationEngine,
  pending: readonly string[],
): Promise<void> {
  const applied = migrations.migrationDirectories.filter(({ path }) => !pending.includes(path))
  if (applied.length === 0) return
  const made: DiffTarget =
    pending.length === 0
      ? { tag: 'schemaDatamodel', ...schema }
      : { tag: 'migrations', ...migrations, migrationDirectories: applied }
  const found: DiffTarget = { tag: 'schemaDatasource', ...schema, configDir: migrations.baseDir }
  const { exitCode, stdout } = await engine.diff({
    from: made,
    to: found,
    script: false,
    exitCode: true,
    filters,
  })
  if (exitCode !== 0) {
    throw new DatabaseRefusal(
      `The database was changed by something other than its migrations. Nothing was changed now. Undo this:\n${stdout ?? ''}`,
    )
  }
}

/**
 * Compares what Prisma can't see. While migrations are pending it isn't compared: what was
 * written down is what all of them make together.
 */
async function refuseRewritten(session: SqlDriverAdapter, directory: string): Promise<void> {
  const found = await listHandwritten(session)
  const made = await readHandwritten(directory)
  const missing = made.filter((line) => !found.includes(line))
  const added = found.filter((line) => !made.includes(line))
  if (missing.length + added.length > 0) {
    const changes = [...missing.map((line) => `[-] ${line}`), ...added.map((line) => `[+] ${line}`)]
    throw new DatabaseRefusal(
      `The database was changed by something other than its migrations. Nothing was changed now. Undo this:\n${changes.join('\n')}`,
    )
  }
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

/** What the engine says went wrong, without where in its own code. */
function reasonOf(error: unknown): string {
  const [reason = ''] = String(error instanceof Error ? error.message : error).split(/\n +0: /)
  return reason.replace('external connector error\n', '')
}
