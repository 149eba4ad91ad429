import pg from 'pg'
import type { QueryValue, Row } from './query.ts'

/** A statement that a connection keeps prepared under its name. */
export interface Prepared {
  readonly name: string
  readonly text: string
}

/** A column of an answer, and what makes a value of its text. */
interface Column {
  readonly name: string
  readonly parse: (text: string) => unknown
}

/** The values of a row, in the order of the columns. */
type Fields = readonly (string | null)[]

/** What the server said of the columns of each statement when a connection prepared it, by name. */
type Described = Map<string, readonly Column[]>
const described = new WeakMap<pg.Connection, Described>()

function describedOn(connection: pg.Connection): Described {
  const known: Described = described.get(connection) ?? new Map()
  described.set(connection, known)
  return known
}

/**
 * One execution of a prepared statement, to be given to `query` of a pg client.
 *
 * pg's own has the server describe the columns each time, and makes a form for the rows anew: half of
 * what a small query costs. They never change as long as the statement is prepared: a migration that
 * would change them makes the server refuse it (SQLSTATE 0A000).
 */
export class Execution implements pg.Submittable {
  readonly rows: Promise<Row[]>
  /** Called once; pg puts its time-out in between. */
  callback!: (error: Error | null, rows?: Row[]) => void
  readonly #statement: Prepared
  readonly #values: Texts
  readonly #found: Fields[] = []
  #described: Described | undefined

  constructor(statement: Prepared, values: Texts) {
    this.#statement = statement
    this.#values = values
    this.rows = new Promise((resolve, reject) => {
      this.callback = (error, rows = []) => (error ? reject(error) : resolve(rows))
    })
    // Where pg fails to send it, nobody waits for them.
    this.rows.catch(() => {})
  }

  submit(connection: pg.Connection): void {
    const { name, text } = this.#statement
    const { stream } = connection
    this.#described = describedOn(connection)
    const isNew = !this.#described.has(name)
    // All in one packet.
    stream.cork()
    try {
      if (isNew) {
        // It may be there without its columns, where its first execution failed.
        connection.close({ type: 'S', name }, true)
        connection.parse({ name, text, types: [] }, true)
      }
      connection.bind({ statement: name, values: this.#values }, true)
      if (isNew) connection.describe({ type: 'P' }, true)
      connection.execute({}, true)
      connection.sync()
    } finally {
      stream.uncork()
    }
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    const columns = fields.map(({ name, dataTypeID }) => ({
      name,
      parse: pg.types.getTypeParser(dataTypeID),
    }))
    this.#described?.set(this.#statement.name, columns)
  }

  handleDataRow({ fields }: { fields: Fields }): void {
    this.#found.push(fields)
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    try {
      this.callback(null, rowsOf(this.#found, this.#described?.get(this.#statement.name)))
    } catch (error) {
      this.callback(error as Error)
    }
  }

  handleError(error: Error): void {
    this.callback(error)
  }
}

/** The rows of an answer, by column. @throws what a value can't be read as */
function rowsOf(found: readonly Fields[], columns: readonly Column[] = []): Row[] {
  return found.map((fields) => {
    if (fields.length !== columns.length)
      throw new RangeError(`${fields.length} values in ${columns.length} columns`)
    const row: Row = {}
    for (const [at, { name, parse }] of columns.entries()) {
      const text = fields[at] ?? null
      row[name] = text === null ? null : parse(text)
    }
    return row
  })
}

/** Values as PostgreSQL reads them. */
export type Texts = (string | null)[]

export function textsOf(values: readonly QueryValue[]): Texts {
  return values.map(textOf)
}

function textOf(value: QueryValue): string | null {
  if (value === null || typeof value === 'string') return value
  if (typeof value === 'number') return String(value)
  return `{${value.map(itemOf).join()}}`
}

function itemOf(item: string | null): string {
  if (item === null) return 'NULL'
  const isPlain = !item.includes('"') && !item.includes('\\')
  return isPlain ? `"${item}"` : `"${item.replace(/["\\]/g, '\\$&')}"`
}
