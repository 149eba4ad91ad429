import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import pg from 'pg'
import type { Location } from '../../server/database/open.ts'

type Row = Record<string, unknown>

/** A database without Prisma and without Dibs: for tampering with it, and for looking at it. */
export interface Raw {
  query(sql: string): Promise<Row[]>
  close(): Promise<void>
}

export async function openRaw(location: Location): Promise<Raw> {
  if ('dataDir' in location) {
    const client = await PGlite.create({ dataDir: join(location.dataDir, 'database') })
    return { query: async (sql) => (await client.query<Row>(sql)).rows, close: () => client.close() }
  }
  const client = new pg.Client(location.url)
  await client.connect()
  return { query: async (sql) => (await client.query<Row>(sql)).rows, close: () => client.end() }
}

/**
 * Runs statements on a database that nobody has open. Answers everything in its catalogue
 * that an application can make, and every row, as text to compare.
 */
export async function tamper(location: Location, ...statements: string[]): Promise<string[]> {
  const raw = await openRaw(location)
  try {
    for (const sql of statements) await raw.query(sql)
    const made = await raw.query(catalogue)
    const tables = await raw.query(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    )
    const rows = []
    for (const { name } of tables)
      rows.push(...(await raw.query(`SELECT '${name}' || t::text AS line FROM ${name} t`)))
    return [...made, ...rows].map(({ line }) => String(line)).sort()
  } finally {
    await raw.close()
  }
}

const catalogue = `
  SELECT 'relation ' || relkind::text || ' ' || relname AS line FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT 'column ' || attrelid::regclass::text || '.' || attname || ' ' || format_type(atttypid, atttypmod) || attnotnull::text || attcollation::text
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
  WHERE relnamespace = 'public'::regnamespace AND attnum > 0
  UNION ALL
  SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
  UNION ALL
  SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL
  SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL
  SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal`
