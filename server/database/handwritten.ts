import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'

/**
 * What Prisma's engine can't see of a schema, as a sorted list: CHECKs, functions (with a
 * digest of their body), triggers, and columns with a collation of their own.
 */
export async function listHandwritten(session: SqlDriverAdapter): Promise<string[]> {
  const { rows } = await session.queryRaw({ sql: listing, args: [], argTypes: [] })
  return rows.map(([line]) => String(line))
}

export function handwrittenPath(directory: string): string {
  return join(directory, 'handwritten.txt')
}

/** The list that the migrations in a directory make, as `npm run db:migrate` wrote it down. */
export async function readHandwritten(directory: string): Promise<string[]> {
  const text = await readFile(handwrittenPath(directory), 'utf8')
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

export function formatHandwritten(lines: readonly string[]): string {
  return `# What the migrations make by hand, for the start to compare. Written by "npm run db:migrate".\n${lines.join('\n')}\n`
}

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
