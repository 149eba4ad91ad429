import type pg from 'pg'
import type { Proxy as TcpProxy } from './proxy.ts'

export const databases = ['embedded', 'postgres', 'patroni'] as const
export type DatabaseName = (typeof databases)[number]

/** One of Dibs' processes. Where it is reached stays the same whether it runs or not. */
export interface Server {
  readonly name: string
  /** Where people reach it, through `front`. */
  readonly url: string
  /** Between people and it. */
  readonly front: TcpProxy
  /** Between it and PostgreSQL; null where the database is embedded. */
  readonly back: TcpProxy | null
  /** While it runs. */
  readonly pid: number | null
  /** Ends it at once, as `kill -9` does; resolves when it is gone. */
  kill(): Promise<void>
  /** Starts it, and resolves when it is ready. */
  start(): Promise<void>
}

/** A PostgreSQL behind the servers, as faults get at it. */
export interface PostgresServer {
  /** A session of the caller's own, past every proxy; the caller ends it. */
  connect(): Promise<pg.Client>
  /** Ends all its processes at once, as `kill -9` does. */
  kill(): Promise<void>
  /** Starts it, and resolves when it has recovered and answers. */
  start(): Promise<void>
}

/** A primary and a synchronous standby that take each other's place. */
export interface Failover {
  /** Kills the primary at once; resolves with its name. */
  killPrimary(): Promise<string>
  /** Cuts the primary off from the other members and from etcd, not from the people; resolves with its name. */
  partitionPrimary(): Promise<string>
  /** Kills all but the primary at once, so that nothing can be committed; resolves with their names. */
  killStandbys(): Promise<string[]>
  /** Kills etcd, without which nobody is primary for long. */
  killEtcd(): Promise<void>
  /** Resolves when somebody else than this member takes writes; with its name. */
  promoted(other: string): Promise<string>
  /** Brings etcd and every member back, and resolves when the standby is synchronous again. */
  heal(): Promise<void>
}

/** What a proof is run against: real servers, their database, and the nets between. */
export interface System {
  readonly database: DatabaseName
  readonly servers: readonly Server[]
  /** Null where the database is embedded. */
  readonly postgres: PostgresServer | null
  /** Null but under Patroni. */
  readonly failover: Failover | null
  /** The directory of the embedded database. */
  readonly dataDir?: string
  /** The words for a report: versions and settings that matter. */
  readonly versions: Readonly<Record<string, string>>
  close(): Promise<void>
}
