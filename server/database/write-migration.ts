import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { listCatalogue, writeCatalogue } from './catalogue.ts'
import { warningsOf } from './data-loss.ts'
import { printFunctions, writeFunctions } from './functions.ts'
import { startMigrationEngine } from './migration-engine.ts'
import { connectToShadow } from './shadow.ts'

export interface NewMigration {
  /** Holds `schema.prisma` and `migrations/`. */
  readonly directory: string
  /** Lower case letters, digits and underscores. */
  readonly name: string
  /** Goes into the migration's name, in UTC; they apply in the order of their names. */
  readonly at: Date
  /** Writes a migration also when the schema asks for none, to be filled in by hand. */
  readonly empty: boolean
}

/**
 * Writes the migration that leads from what the migrations on disk make to what the schema
 * says. They are applied to a database in memory for that; no other one is needed or touched.
 *
 * Also writes down anew what the migrations make by hand, and their functions as they are now.
 *
 * @returns its path and how it may lose data, or null when there is nothing to change.
 */
export async function writeMigration({
  directory,
  name,
  at,
  empty,
}: NewMigration): Promise<{ path: string; warnings: string[] } | null> {
  const shadow = await connectToShadow()
  try {
    const { engine, migrations, filters, schema } = await startMigrationEngine(shadow, directory)
    await engine.applyMigrations({ migrationsList: migrations, filters })
    const made = { tag: 'schemaDatasource' as const, ...schema, configDir: migrations.baseDir }
    const wanted = { tag: 'schemaDatamodel' as const, ...schema }
    const { exitCode, stdout } = await engine.diff({
      from: made,
      to: wanted,
      script: true,
      exitCode: true,
      filters,
    })
    await writeCatalogue(directory, await listCatalogue(shadow))
    await writeFunctions(directory, await printFunctions(shadow))
    if (exitCode === 0 && !empty) return null
    const warnings = warningsOf(stdout ?? '')
    const sql = [...warnings.map((warning) => `-- Warning: ${warning}.`), stdout].join('\n')
    const folder = join(migrations.baseDir, `${timestamp(at)}_${name}`)
    await mkdir(folder)
    const path = join(folder, 'migration.sql')
    await writeFile(path, sql, { flag: 'wx' })
    return { path, warnings }
  } finally {
    await shadow.dispose()
  }
}

/** As Prisma names its migrations: 20261123094500. */
function timestamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace(/[-T:]/g, '')
}
