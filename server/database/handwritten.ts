import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { connectToShadow } from './embedded.ts'
import { readMigrations, startMigrationEngine } from './migration-engine.ts'

/**
 * What Prisma's engine can't see of a schema, as a sorted list: CHECKs, functions (with a
 * digest of their body), triggers, and columns with a collation of their own.
 */
export async function listHandwritten(session: SqlDriverAdapter): Promise<string[]> {
  const { rows } = await session.queryRaw({ sql: listing, args: [], argTypes: [] })
  return rows.map(([line]) => String(line))
}

/** The list that the migrations in a directory make, found out by applying all but the pending ones in memory. */
export async function makeHandwritten(directory: string, pending: readonly string[]): Promise<string[]> {
  const migrations = await readMigrations(directory)
  const applied = migrations.migrationDirectories.filter(({ path }) => !pending.includes(path))
  if (applied.length === 0) return []
  const shadow = await connectToShadow()
  try {
    const { engine, filters } = await startMigrationEngine(shadow, directory)
    const migrationsList = { ...migrations, migrationDirectories: applied }
    await engine.applyMigrations({ migrationsList, filters })
    return await listHandwritten(shadow)
  } finally {
    await shadow.dispose()
  }
}

/** The list that all migrations in a directory make, as `writeHandwritten` kept it; empty where it didn't. */
export async function readHandwritten(directory: string): Promise<string[]> {
  const text = await readFile(join(directory, file), 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/** Keeps the list beside the migrations, for each start to compare without applying them anew. */
export async function writeHandwritten(directory: string, lines: readonly string[]): Promise<void> {
  if ((await readHandwritten(directory)).join() === lines.join()) return
  await writeFile(join(directory, file), `${heading}\n${lines.join('\n')}\n`)
}

const file = 'handwritten.txt'
const heading =
  '# What the migrations make by hand, for the start to compare quickly. Written by "npm run db:migrate".'

/** Only what every version of PostgreSQL prints alike: so no CHECK's expression. */
const listing = `
  WITH spaces AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema()),
  tables AS (SELECT c.oid, c.relname FROM pg_class c JOIN spaces ON spaces.oid = c.relnamespace WHERE c.relkind IN ('r', 'p'))
  SELECT line FROM (
    SELECT 'check ' || relname || ' ' || conname
    FROM pg_constraint JOIN tables ON tables.oid = conrelid
    WHERE contype = 'c' AND convalidated
    UNION ALL
    SELECT 'collation ' || relname || '.' || attname || ' ' || collname
    FROM pg_attribute
    JOIN tables ON tables.oid = attrelid
    JOIN pg_type ON pg_type.oid = atttypid
    JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE attnum > 0 AND NOT attisdropped AND attcollation <> typcollation
    UNION ALL
    SELECT 'function ' || proname || '(' || pg_get_function_identity_arguments(p.oid) || ') returns '
      || pg_get_function_result(p.oid) || ' ' || left(encode(sha256(convert_to(prosrc, 'UTF8')), 'hex'), 16)
    FROM pg_proc p JOIN spaces ON spaces.oid = pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
    UNION ALL
    SELECT 'trigger ' || relname || ' ' || tgname
    FROM pg_trigger JOIN tables ON tables.oid = tgrelid
    WHERE NOT tgisinternal AND tgenabled <> 'D'
  ) AS made(line)
  ORDER BY line COLLATE "C"`
