/** What can go wrong where there are rows already, by the SQL that Prisma's engine writes. */
const risks: readonly (readonly [RegExp, (name: string) => string])[] = [
  [/^DROP TABLE "(\w+)"/, (name) => `drops the table ${name} with all its rows`],
  [/DROP COLUMN "(\w+)"/, (name) => `drops the column ${name} with all its values`],
  [/ALTER COLUMN "(\w+)" SET DATA TYPE/, (name) => `converts ${name}, and fails where a value can't be`],
  [/ALTER COLUMN "(\w+)" SET NOT NULL/, (name) => `fails where ${name} is null`],
  [
    /ADD COLUMN +"(\w+)" (?!.*DEFAULT).*NOT NULL/,
    (name) => `fails where there are rows: ${name} has no default`,
  ],
  [/^CREATE UNIQUE INDEX "(\w+)"/, (name) => `fails where rows are alike: ${name} is unique`],
]

/** The ways in which a migration may lose data or fail on a database that is in use, in words. */
export function warningsOf(sql: string): string[] {
  const created = new Set([...sql.matchAll(/^CREATE TABLE "(\w+)"/gm)].map(([, table]) => table))
  return sql.split('\n').flatMap((line) => {
    const table = line.match(/ ON "(\w+)"/)?.[1]
    if (created.has(table)) return []
    return risks.flatMap(([pattern, explain]) => {
      const name = line.match(pattern)?.[1]
      return name === undefined ? [] : [explain(name)]
    })
  })
}
