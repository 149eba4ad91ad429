/** What a query can be given; a list is one parameter, which the SQL has to cast. */
export type QueryValue = string | number | null | readonly (string | null)[]

/** By column: text, int4, boolean, timestamptz (a Date) and text[]. Of other types the engines answer different values. */
export type Row = Record<string, unknown>

/**
 * Runs one statement beside Prisma's client, outside of any transaction: `await query\`SELECT ${id}\``.
 *
 * For the few statements that most requests consist of: the client takes about 300 µs of CPU for
 * one, and its driver adapter keeps the values of the last hundred. It fails as the driver does,
 * which `databaseFault` reads.
 */
export type Query = (sql: TemplateStringsArray, ...values: readonly QueryValue[]) => Promise<Row[]>

/** Runs one statement that has $1, $2 … where its values go, outside of any transaction. */
export type Run = (sql: string, values: readonly QueryValue[]) => Promise<Row[]>

export function queryBy(run: Run): Query {
  const texts = new WeakMap<TemplateStringsArray, string>()
  return async (strings, ...values) => {
    const sql = texts.get(strings) ?? numbered(strings)
    texts.set(strings, sql)
    try {
      return await run(sql, values)
    } catch (error) {
      throw withoutValues(error)
    }
  }
}

/** The log tells errors, but not people's addresses: PGlite adds all values to them, PostgreSQL a row in the detail. */
function withoutValues(error: unknown): unknown {
  if (error instanceof Error) {
    if ('params' in error) delete error.params
    if ('detail' in error) delete error.detail
  }
  return error
}

/** With $1, $2 … where the values go. */
function numbered(strings: readonly string[]): string {
  return strings.reduce((sql, text, at) => `${sql}$${at}${text}`)
}
