import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import {
  bindMigrationAwareSqlAdapterFactory,
  DriverAdapterError,
  type SqlDriverAdapter,
} from '@prisma/driver-adapter-utils'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import { root } from '../root.ts'
import { connectToShadow } from './shadow.ts'

/** Holds the schema and its migrations. */
export const prismaDirectory = join(root, 'prisma')

/** No table or enum in the database is left to somebody else. */
const filters = { externalTables: [], externalEnums: [] }

/** Prisma's migration engine, bound to one session of a database. */
export interface MigrationEngine {
  engine: SchemaEngine
  /** The migrations on disk, in the order they apply. */
  migrations: MigrationList
  filters: typeof filters
  schema: { files: { path: string; content: string }[] }
}

/**
 * Starts Prisma's migration engine, which is on npm as WebAssembly, so that migrating needs
 * no download. Its records are those of `prisma migrate deploy`: either may go on where the
 * other stopped.
 */
export async function startMigrationEngine(
  session: SqlDriverAdapter,
  directory: string,
): Promise<MigrationEngine> {
  const schemaPath = join(directory, 'schema.prisma')
  const content = await readFile(schemaPath, 'utf8')
  const { SchemaEngine } = await loadEngine()
  const engine = await SchemaEngine.new(
    { datamodels: [[schemaPath, content]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory({
      provider: session.provider,
      adapterName: session.adapterName,
      connect: async () => explaining(session),
      connectToShadowDb: connectToShadow,
    }),
  )
  const schema = { files: [{ path: schemaPath, content }] }
  return { engine, migrations: await readMigrations(directory), filters, schema }
}

/** What the engine says went wrong, without where in its own code. */
export function reasonOf(error: unknown): string {
  const [reason = ''] = String(error instanceof Error ? error.message : error).split(/\n +(?:0:|at) /)
  return reason.replace('external connector error\n', '').replace(/\.+$/, '')
}

/** Hands the server's errors about a script to the engine in its own form, so that it passes them on. */
function explaining(session: SqlDriverAdapter): SqlDriverAdapter {
  const execute = session.executeScript.bind(session)
  session.executeScript = async (script) => {
    try {
      await execute(script)
    } catch (error) {
      const { code, severity, message, detail, hint } = error as Record<string, string | undefined>
      if (code === undefined || severity === undefined || message === undefined) throw error
      throw new DriverAdapterError({
        kind: 'postgres',
        originalCode: code,
        originalMessage: message,
        ...{ code, severity, message, detail, hint, column: undefined },
      })
    }
  }
  return session
}

let loaded: Promise<typeof import('@prisma/schema-engine-wasm')> | undefined

/** Once a process: the engine's bindings hold one WebAssembly instance, and a second would share its memory. */
function loadEngine() {
  loaded ??= instantiate()
  return loaded
}

async function instantiate(): Promise<typeof import('@prisma/schema-engine-wasm')> {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg')
  const script = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const wasm = await WebAssembly.compile(await readFile(script.replace(/\.js$/, '.wasm')))
  const instance = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start
  if (typeof start !== 'function') throw new Error('@prisma/schema-engine-wasm has no start function')
  start()
  return bindings
}

/** The migrations on disk, in the order they apply. */
export async function readMigrations(directory: string): Promise<MigrationList> {
  const migrationsPath = join(directory, 'migrations')
  const lockfile = 'migration_lock.toml'
  const entries = await readdir(migrationsPath, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  return {
    baseDir: migrationsPath,
    lockfile: { path: lockfile, content: await readFile(join(migrationsPath, lockfile), 'utf8') },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.sort().map(async (path) => {
        const value = await readFile(join(migrationsPath, path, 'migration.sql'), 'utf8')
        return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
      }),
    ),
  }
}
