import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils'
import type pg from 'pg'

/**
 * Prisma's adapter for PostgreSQL, which names statements only outside of transactions. The
 * server keeps a named one prepared; should a migration make it stale, the pool can run it again,
 * but nobody can in the middle of a transaction.
 */
export class PostgresAdapter extends PrismaPg {
  readonly #pool: pg.Pool

  constructor(pool: pg.Pool, nameOf: (query: SqlQuery) => string) {
    super(pool, { statementNameGenerator: nameOf })
    this.#pool = pool
  }

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect()
    const unnamed: SqlDriverAdapter = await new PrismaPg(this.#pool).connect()
    return Object.assign(adapter, { startTransaction: unnamed.startTransaction.bind(unnamed) })
  }
}
