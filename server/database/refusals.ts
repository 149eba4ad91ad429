import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type { DiffTarget } from '@prisma/schema-engine-wasm'
import { listCatalogue, makeCatalogue, readCatalogue } from './catalogue.ts'
import { DatabaseRefusal } from './engine.ts'
import { type MigrationEngine, reasonOf } from './migration-engine.ts'

/** Prisma writes to the schema "public", while raw SQL goes wherever the search path leads. */
export async function refuseOtherSchema(session: SqlDriverAdapter): Promise<void> {
  const { rows } = await session.queryRaw({ sql: 'SELECT current_schema()::text', args: [], argTypes: [] })
  const schema = rows[0]?.[0]
  if (schema !== 'public') {
    throw new DatabaseRefusal(
      `The search_path of the database role leads to ${schema === null ? 'no schema' : `the schema "${String(schema)}"`}, but Dibs keeps its tables in "public". Give Dibs a database of its own, and its role the default search_path.`,
    )
  }
}

/** A database that has tables but no history of migrations is somebody else's. */
export async function refuseForeign(session: SqlDriverAdapter): Promise<void> {
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
export async function refuseDiverged(migrator: MigrationEngine): Promise<readonly string[]> {
  const { history, failedMigrationNames, editedMigrationNames } = await diagnose(migrator)
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

async function diagnose({ engine, migrations, filters }: MigrationEngine) {
  try {
    return await engine.diagnoseMigrationHistory({
      migrationsList: migrations,
      optInToShadowDatabase: false,
      filters,
    })
  } catch (error) {
    throw new DatabaseRefusal(
      `The database's history of migrations, the table _prisma_migrations, cannot be read: ${reasonOf(error)}. Nothing was changed. Repair it, or give Dibs a database of its own.`,
    )
  }
}

/** Compares the tables that the applied migrations make with those that are there. */
export async function refuseDrifted(
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
    throw drifted(stdout ?? '')
  }
}

/** Compares what Prisma can't see. What was written down spares making it anew at each start. */
export async function refuseRewritten(
  session: SqlDriverAdapter,
  directory: string,
  pending: readonly string[],
): Promise<void> {
  const found = await listCatalogue(session)
  if (pending.length === 0 && found.join() === (await readCatalogue(directory)).join()) return
  const made = await makeCatalogue(directory, pending)
  const missing = made.filter((line) => !found.includes(line))
  const added = found.filter((line) => !made.includes(line))
  if (missing.length + added.length > 0) {
    throw drifted([...missing.map((line) => `[-] ${line}`), ...added.map((line) => `[+] ${line}`)].join('\n'))
  }
}

function drifted(changes: string): DatabaseRefusal {
  return new DatabaseRefusal(
    `The database was changed by something other than its migrations. Nothing was changed now. Undo this:\n${changes}`,
  )
}
