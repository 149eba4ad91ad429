import {
  type ArgType,
  type ColumnType,
  ColumnTypeEnum,
  type SqlQueryable,
} from '@prisma/driver-adapter-utils'

/** What a query can be given; a list is one parameter, which the SQL has to cast. */
export type QueryValue = string | number | null | readonly (string | null)[]

/**
 * Runs one statement beside Prisma's client, outside of any transaction: `await query\`SELECT ${id}\``.
 *
 * For the few statements that most requests consist of: the client takes about 300 µs of CPU for
 * one, the driver adapter below it 110. It fails as the adapter does, which `databaseFault` reads.
 */
export type Query = (sql: TemplateStringsArray, ...values: readonly QueryValue[]) => Promise<Row[]>

/** By column; times are Dates. */
export type Row = Record<string, unknown>

export function queryBy(adapter: SqlQueryable): Query {
  const texts = new WeakMap<TemplateStringsArray, string>()
  return async (strings, ...values) => {
    const sql = texts.get(strings) ?? numbered(strings)
    texts.set(strings, sql)
    const { columnNames, columnTypes, rows } = await adapter.queryRaw({
      sql,
      args: [...values],
      argTypes: values.map(typeOf),
    })
    return rows.map((row) =>
      Object.fromEntries(columnNames.map((name, at) => [name, read(row[at], columnTypes[at])])),
    )
  }
}

/** With $1, $2 … where the values go. */
function numbered(strings: readonly string[]): string {
  return strings.reduce((sql, text, at) => `${sql}$${at}${text}`)
}

function typeOf(value: QueryValue): ArgType {
  const scalarType = typeof value === 'number' ? 'int' : 'string'
  return { scalarType, arity: Array.isArray(value) ? 'list' : 'scalar' }
}

/** The adapters write a time in ISO 8601. */
function read(value: unknown, type: ColumnType | undefined): unknown {
  return type === ColumnTypeEnum.DateTime && typeof value === 'string' ? new Date(value) : value
}
