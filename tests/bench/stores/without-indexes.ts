import type pg from 'pg'

/**
 * Does some work in a database from which keys and indexes are gone meanwhile: entering millions of
 * rows is several times faster so. They are made again afterwards, which checks every row.
 */
export async function withoutIndexes(client: pg.ClientBase, work: () => Promise<void>): Promise<void> {
  const constraints = await stepsOf(
    client,
    `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make
     FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'p', 'u')`,
  )
  const indexes = await stepsOf(
    client,
    `SELECT format('DROP INDEX %s', i.indexrelid::regclass) AS drop, pg_get_indexdef(i.indexrelid) AS make
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     WHERE c.relnamespace = 'public'::regnamespace
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = i.indexrelid AND contype IN ('p', 'u'))
     ORDER BY i.indexrelid`,
  )
  const isReference = ({ make }: Step) => / FOREIGN KEY /.test(make)
  const references = constraints.filter(isReference)
  const keys = constraints.filter((step) => !isReference(step))
  // A reference goes before the index that it needs, and comes after it.
  for (const { drop } of [...references, ...indexes, ...keys]) await client.query(drop)
  await work()
  for (const { make } of [...keys, ...indexes, ...references]) await client.query(make)
}

interface Step {
  readonly drop: string
  readonly make: string
}

async function stepsOf(client: pg.ClientBase, sql: string): Promise<Step[]> {
  const { rows } = await client.query<Step>(sql)
  return rows
}
