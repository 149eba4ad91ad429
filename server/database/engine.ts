import type { SqlDriverAdapter, SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { Run } from './query.ts'

export type EngineName = 'embedded' | 'postgresql'

/** How long what is to be asked of the database waits until it is: for a connection, or in a queue. */
export const patienceMs = 5_000

/** What differs between the embedded database and a PostgreSQL server. */
export interface Engine {
  readonly name: EngineName
  /** For the Prisma client. */
  readonly adapter: SqlMigrationAwareDriverAdapterFactory
  /** For the statements that most requests consist of, on the sessions of the client. */
  readonly run: Run
  /** One session for the migration engine, which takes and keeps a lock on it. */
  connectToMigrate(): Promise<SqlDriverAdapter>
  /** Listens on a channel (LISTEN), through lost connections, until the engine is closed. */
  listen(channel: string, listener: Listener): void
  /** Whether its disk, as far as that is seen from here, has no room for what it writes next. */
  isFull(): Promise<boolean>
  close(): Promise<void>
}

/** What listens on a channel of the database. */
export interface Listener {
  /** Everything is heard from now on; what was sent before, after a lost connection too, may have been missed. */
  listening(): void
  heard(payload: string): void
}

/** A database that Dibs will not open, in a sentence for the operator that ends with what to do. */
export class DatabaseRefusal extends Error {
  override readonly name: string = 'DatabaseRefusal'
}

/** The embedded database is open in another process. */
export class DatabaseInUse extends DatabaseRefusal {
  override readonly name = 'DatabaseInUse'
}
