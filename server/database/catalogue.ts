import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import { readMigrations, startMigrationEngine } from './migration-engine.ts'
import { connectToShadow } from './shadow.ts'

/**
 * What a schema is made of, as a sorted list: columns, indexes and constraints; and what Prisma's
 * engine can't see: CHECKs, functions and triggers (with a digest of what they say), collations,
 * rules, row-level security, and constraints that don't hold, or not yet.
 */
export async function listCatalogue(session: SqlDriverAdapter): Promise<string[]> {
  const { rows } = await session.queryRaw({ sql: listing, args: [], argTypes: [] })
  return rows.map(([line]) => String(line))
}

/** The list that the migrations in a directory make, found out by applying all but the pending ones in memory. */
export async function makeCatalogue(directory: string, pending: readonly string[]): Promise<string[]> {
  const migrations = await readMigrations(directory)
  const applied = migrations.migrationDirectories.filter(({ path }) => !pending.includes(path))
  if (applied.length === 0) return []
  const shadow = await connectToShadow()
  try {
    const { engine, filters } = await startMigrationEngine(shadow, directory)
    const migrationsList = { ...migrations, migrationDirectories: applied }
    await engine.applyMigrations({ migrationsList, filters })
    return await listCatalogue(shadow)
  } finally {
    await shadow.dispose()
  }
}

/** The list that all migrations in a directory make, as `writeCatalogue` kept it; empty where it didn't. */
export async function readCatalogue(directory: string): Promise<string[]> {
  const text = await readFile(join(directory, file), 'utf8').catch(() => '')
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

/** Keeps the list beside the migrations, for each start to compare without applying them anew. */
export async function writeCatalogue(directory: string, lines: readonly string[]): Promise<void> {
  if ((await readCatalogue(directory)).join() === lines.join()) return
  await writeFile(join(directory, file), `${heading}\n${lines.join('\n')}\n`)
}

const file = 'catalogue.txt'
const heading =
  '# What the migrations make, for the start to compare quickly. Written by "npm run db:migrate".'

const digest = (text: string) => `left(encode(sha256(convert_to(${text}, 'UTF8')), 'hex'), 16)`

/** An expression without what versions of PostgreSQL print differently: casts, parentheses, spaces. */
const bare = (sql: string) => String.raw`regexp_replace(${sql}, '::[a-z ]+(\[\])?|[()\s]', '', 'g')`

/** Only what every version of PostgreSQL prints alike. */
const listing = `
  WITH spaces AS (SELECT oid FROM pg_namespace WHERE nspname = current_schema()),
  tables AS (SELECT c.* FROM pg_class c JOIN spaces ON spaces.oid = c.relnamespace WHERE c.relkind IN ('r', 'p'))
  SELECT line FROM (
    SELECT concat_ws(' ', 'column', relname || '.' || attname, format_type(atttypid, atttypmod),
      CASE WHEN attnotnull THEN 'not null' END, 'default ' || pg_get_expr(adbin, adrelid))
    FROM pg_attribute
    JOIN tables ON tables.oid = attrelid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE attnum > 0 AND NOT attisdropped AND relname <> '_prisma_migrations'
    UNION ALL
    SELECT concat_ws(' ', relname, conname,
      regexp_replace(pg_get_constraintdef(c.oid), ' (NOT VALID|DEFERRABLE|INITIALLY DEFERRED)', '', 'g'))
    FROM pg_constraint c JOIN tables ON tables.oid = conrelid
    WHERE contype IN ('p', 'u', 'f', 'x') AND relname <> '_prisma_migrations'
    UNION ALL
    SELECT pg_get_indexdef(indexrelid)
    FROM pg_index JOIN tables ON tables.oid = indrelid
    WHERE indexprs IS NULL AND indpred IS NULL AND relname <> '_prisma_migrations'
    UNION ALL
    SELECT concat_ws(' ', CASE WHEN indisunique THEN 'unique' END, 'index', tables.relname, index.relname,
      'on ' || ${bare('pg_get_expr(indexprs, indrelid)')}, 'where ' || ${bare('pg_get_expr(indpred, indrelid)')})
    FROM pg_index JOIN tables ON tables.oid = indrelid JOIN pg_class index ON index.oid = indexrelid
    WHERE indexprs IS NOT NULL OR indpred IS NOT NULL
    UNION ALL
    SELECT concat_ws(' ', 'check', relname, conname, ${digest(bare('pg_get_constraintdef(c.oid)'))})
    FROM pg_constraint c JOIN tables ON tables.oid = conrelid
    WHERE contype = 'c'
    UNION ALL
    SELECT concat_ws(' ', CASE WHEN condeferrable THEN 'deferrable' ELSE 'not valid' END, relname, conname)
    FROM pg_constraint JOIN tables ON tables.oid = conrelid
    WHERE condeferrable OR NOT convalidated
    UNION ALL
    SELECT concat_ws(' ', 'not enforced', relname, conname)
    FROM pg_trigger
    JOIN tables ON tables.oid = tgrelid
    JOIN pg_constraint ON pg_constraint.oid = tgconstraint
    WHERE tgisinternal AND tgenabled <> 'O'
    UNION ALL
    SELECT 'collation ' || relname || '.' || attname || ' ' || collname
    FROM pg_attribute
    JOIN tables ON tables.oid = attrelid
    JOIN pg_type ON pg_type.oid = atttypid
    JOIN pg_collation ON pg_collation.oid = attcollation
    WHERE attnum > 0 AND NOT attisdropped AND attcollation <> typcollation
    UNION ALL
    SELECT concat_ws(' ', 'function', proname || '(' || pg_get_function_identity_arguments(p.oid) || ')',
      'returns ' || pg_get_function_result(p.oid),
      CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END,
      CASE WHEN proisstrict THEN 'strict' END,
      CASE WHEN prosecdef THEN 'security definer' END,
      'set ' || array_to_string(proconfig, ' set '),
      ${digest('prosrc')})
    FROM pg_proc p JOIN spaces ON spaces.oid = pronamespace
    WHERE NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid AND deptype = 'e')
    UNION ALL
    SELECT concat_ws(' ', 'trigger', relname, tgname, ${digest('pg_get_triggerdef(t.oid)')})
    FROM pg_trigger t JOIN tables ON tables.oid = tgrelid
    WHERE NOT tgisinternal AND tgenabled <> 'D'
    UNION ALL
    SELECT concat_ws(' ', 'rule', relname, rulename)
    FROM pg_rewrite JOIN tables ON tables.oid = ev_class
    WHERE ev_enabled <> 'D'
    UNION ALL
    SELECT 'row-level security ' || relname FROM tables WHERE relrowsecurity
    UNION ALL
    SELECT 'unlogged ' || relname FROM tables WHERE relpersistence <> 'p'
  ) AS made(line)
  GROUP BY line
  ORDER BY line COLLATE "C"`
