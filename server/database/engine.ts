import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'

export type EngineName = 'embedded' | 'postgresql'

/** What differs between the embedded database and a PostgreSQL server. */
export interface Engine {
  readonly name: EngineName
  /** For the Prisma client. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory
  /** One session for the migration engine, which takes and keeps a lock on it. */
  connectToMigrate(): Promise<SqlDriverAdapter>
  close(): Promise<void>
}

/** A database that Dibs will not open, in a sentence for the operator that ends with what to do. */
export class DatabaseRefusal extends Error {
  override readonly name: string = 'DatabaseRefusal'
}

/** The embedded database is open in another process. */
export class DatabaseInUse extends DatabaseRefusal {
  override readonly name = 'DatabaseInUse'
}
