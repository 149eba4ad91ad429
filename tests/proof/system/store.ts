import type { Database } from '../../../server/database/open.ts'
import type { Proxy as TcpProxy } from './proxy.ts'
import type { Failover, PostgresServer } from './system.ts'

/** The database of a proof: made, empty, and gone afterwards. */
export interface Store {
  readonly postgres: PostgresServer | null
  readonly failover: Failover | null
  /** The directory of the embedded database; not there for another. */
  readonly dataDir?: string
  readonly versions: Readonly<Record<string, string>>
  /**
   * When it was started again, in nanoseconds of the clock, after all its processes had ended:
   * whatever a server had sent it before on behalf of a request that it has answered is over then.
   */
  readonly restarts: readonly number[]
  /**
   * For how many milliseconds it may yet work on what it got from a server that has answered by now; null
   * for any time.
   */
  readonly worksOnForMs: number | null
  /** How many processes it takes at once. */
  readonly mostProcesses: number
  /** Opens it past every proxy, migrated; of the embedded one while no server runs. */
  open(): Promise<Database>
  /** A way to it for one server. */
  way(): Promise<Way>
  remove(): Promise<void>
}

/** How a server gets at the database. */
export interface Way {
  readonly back: TcpProxy | null
  /** A server's settings, in which its sessions bear this name. */
  settings(sessions: string): Readonly<Record<string, string>>
}
