import type { PGlite } from '@electric-sql/pglite'
import type { IsolationLevel, SqlDriverAdapter, Transaction } from '@prisma/driver-adapter-utils'
import { PrismaPGlite } from 'pglite-prisma-adapter'

/**
 * Prisma's adapter for PGlite, mended where it would say something else than a PostgreSQL
 * server's: it called a COMMIT that failed a success, ignored isolation levels, knew no
 * nested transactions, and did not wait for a script to end, or fail.
 */
export class EmbeddedAdapter extends PrismaPGlite {
  readonly #pglite: PGlite

  constructor(pglite: PGlite) {
    super(pglite)
    this.#pglite = pglite
  }

  override async connect(): Promise<SqlDriverAdapter> {
    const adapter = await super.connect()
    const startTransaction = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (isolationLevel) => mended(await startTransaction(), isolationLevel)
    adapter.executeScript = async (script) => {
      await this.#pglite.exec(script)
    }
    return adapter
  }
}

async function mended(transaction: Transaction, isolationLevel?: IsolationLevel): Promise<Transaction> {
  const run = async (sql: string) => {
    await transaction.executeRaw({ sql, args: [], argTypes: [] })
  }
  try {
    if (isolationLevel) await run(`SET TRANSACTION ISOLATION LEVEL ${isolationLevel}`)
  } catch (error) {
    await transaction.rollback()
    throw error
  }
  return Object.assign(transaction, {
    // Prisma itself then sends COMMIT or ROLLBACK and hears how it ended; the one that PGlite
    // sends after it finds no transaction and does nothing.
    options: { usePhantomQuery: false },
    createSavepoint: (name: string) => run(`SAVEPOINT ${name}`),
    rollbackToSavepoint: (name: string) => run(`ROLLBACK TO SAVEPOINT ${name}`),
    releaseSavepoint: (name: string) => run(`RELEASE SAVEPOINT ${name}`),
  })
}
