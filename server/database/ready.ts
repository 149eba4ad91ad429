import type { Engine } from './engine.ts'
import type { Query } from './query.ts'

/** Rejects while the database does not answer, takes no writes, or lacks one of these migrations. */
export async function expectReady(
  engine: Pick<Engine, 'isFull'>,
  query: Query,
  migrations: readonly string[],
): Promise<void> {
  const [state] = await query`
    SELECT current_setting('transaction_read_only') = 'off' AS writable,
      (SELECT count(DISTINCT migration_name)::int FROM _prisma_migrations
       WHERE migration_name = ANY(${migrations}::text[]) AND finished_at IS NOT NULL AND rolled_back_at IS NULL) AS applied`
  if (!state?.writable) throw new Error('the database takes no writes')
  if (await engine.isFull()) throw new Error('the database has no space left to write')
  if (Number(state.applied) < migrations.length) throw new Error('the database lacks migrations')
}
