import { ColumnTypeEnum, type SqlQueryable, type SqlResultSet } from '@prisma/driver-adapter-utils'
import type pg from 'pg'
import { ForgivingPool } from './forgiving-pool.ts'

/** The types "char" and text (pg_type.oid). */
const char = 18
const text = 25

/**
 * A pool of one session through which Prisma's migration engine can read PostgreSQL's
 * catalogues. Adapter-pg refuses the internal type of some of their columns, "char", which the
 * engine expects as a character: it gets to see text, and the engine a character again.
 */
export class CataloguePool extends ForgivingPool {
  /** The columns of the latest answer that are of type "char". */
  #characters = new Set<string>()

  override query(...args: unknown[]): never
  override async query(...args: unknown[]): Promise<unknown> {
    const answer: unknown = await super.query(...args)
    this.#characters = new Set()
    for (const { fields } of [answer].flat() as pg.QueryResult[]) {
      for (const field of fields) {
        if (field.dataTypeID !== char) continue
        field.dataTypeID = text
        this.#characters.add(field.name)
      }
    }
    return answer
  }

  /** Makes an adapter on this pool tell characters from text. */
  describeFor(adapter: SqlQueryable): void {
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query): Promise<SqlResultSet> => {
      const { columnNames, columnTypes, ...answer } = await queryRaw(query)
      const types = columnTypes.map((type, at) =>
        this.#characters.has(columnNames[at] ?? '') ? ColumnTypeEnum.Character : type,
      )
      return { ...answer, columnNames, columnTypes: types }
    }
  }
}
