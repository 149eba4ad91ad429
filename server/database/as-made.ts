import { createHash } from 'node:crypto'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import { listCatalogue, readCatalogue } from './catalogue.ts'

/**
 * Whether a database has exactly these migrations, all of them finished, and is what they make, as
 * it was written down. Prisma's migration engine, which says what differs, takes 40 MB to find out the
 * same.
 */
export async function isAsMade(
  session: SqlDriverAdapter,
  directory: string,
  { migrationDirectories }: MigrationList,
): Promise<boolean> {
  const history = await session.queryRaw({ sql: hasHistory, args: [], argTypes: [] })
  if (history.rows[0]?.[0] !== true) return false
  const { rows } = await session.queryRaw({ sql: applied, args: [], argTypes: [] })
  const wanted = migrationDirectories.map(({ path, migrationFile: { content } }) => [
    path,
    content.tag === 'ok' ? sha256(content.value) : undefined,
    true,
  ])
  if (JSON.stringify(rows) !== JSON.stringify(wanted)) return false
  return (await listCatalogue(session)).join() === (await readCatalogue(directory)).join()
}

/** Whether there is a history of the shape that Prisma gives it; what is wrong with another one its engine says. */
const hasHistory = `
  SELECT count(*) = 4 FROM pg_attribute
  WHERE attrelid = to_regclass('_prisma_migrations') AND NOT attisdropped
    AND (attname, atttypid::regtype::text) IN (
      ('migration_name', 'character varying'), ('checksum', 'character varying'),
      ('finished_at', 'timestamp with time zone'), ('rolled_back_at', 'timestamp with time zone')
    )`

const applied = `
  SELECT migration_name, checksum, finished_at IS NOT NULL FROM _prisma_migrations
  WHERE rolled_back_at IS NULL
  ORDER BY migration_name COLLATE "C", started_at`

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
