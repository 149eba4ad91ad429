import { createHash } from 'node:crypto'
import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import { listCatalogue, readCatalogue } from './catalogue.ts'

/**
 * Whether a database has exactly these migrations, all of them finished, and is what they make, as
 * it was written down. Prisma's migration engine, which says what differs, takes a second and 100 MB to
 * find out the same.
 */
export async function isAsMade(
  session: SqlDriverAdapter,
  directory: string,
  { migrationDirectories }: MigrationList,
): Promise<boolean> {
  const history = await session.queryRaw({ sql: unlessAbsent, args: [], argTypes: [] })
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

const unlessAbsent = `SELECT to_regclass('_prisma_migrations') IS NOT NULL`

const applied = `
  SELECT migration_name, checksum, finished_at IS NOT NULL FROM _prisma_migrations
  WHERE rolled_back_at IS NULL
  ORDER BY migration_name COLLATE "C", started_at`

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
