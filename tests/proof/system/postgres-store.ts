import pRetry from 'p-retry'
import { openDatabase } from '../../../server/database/open.ts'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import { nowNs } from '../clock.ts'
import { openProxy } from './open-proxy.ts'
import { openPatroni } from './patroni.ts'
import { openPostgres } from './postgres.ts'
import { silentLog } from './silent-log.ts'
import type { Store } from './store.ts'
import type { Failover, PostgresServer } from './system.ts'

/** A PostgreSQL with an empty database for Dibs, as whoever starts one hands it over. */
interface Given extends PostgresServer {
  readonly port: number
  /** Dibs' database at another port of the loopback address. */
  urlAt(port: number): string
  remove(): Promise<void>
}

/** How long Dibs lets a statement run; and how long its commit may take, which that does not limit. */
const statementTimeoutMs = 10_000
const commitMs = 2_000

/** A PostgreSQL of the proof's own; each server gets at it through a proxy of its own. */
export async function postgresStore(rules: NameRules): Promise<Store> {
  const postgres = await openPostgres()
  const restarts: number[] = []
  const counted: Given = {
    ...postgres,
    start() {
      restarts.push(nowNs())
      return postgres.start()
    },
  }
  const store = storeOn(counted, { failover: null, versions: { PostgreSQL: postgres.version }, rules })
  return { ...store, restarts, worksOnForMs: statementTimeoutMs + commitMs }
}

/** A PostgreSQL whose members take each other's place. */
export async function patroniStore(rules: NameRules): Promise<Store> {
  const patroni = await openPatroni()
  return storeOn(patroni, { failover: patroni, versions: patroni.versions, rules })
}

function storeOn(
  postgres: Given,
  { failover, versions, rules }: { failover: Failover | null; versions: Store['versions']; rules: NameRules },
): Store {
  const { port, urlAt, remove } = postgres
  return {
    postgres,
    failover,
    versions,
    restarts: [],
    // A commit that waits for its standby is limited by nothing.
    worksOnForMs: null,
    mostProcesses: 16,
    // A primary may be replaced just now.
    open: () =>
      pRetry(() => openDatabase({ url: urlAt(port), poolSize: 4 }, silentLog, rules), {
        retries: failover === null ? 0 : 20,
        minTimeout: 1_000,
        factor: 1,
      }),
    async way() {
      const back = await openProxy({ host: '127.0.0.1', port })
      return { back, settings: (sessions) => ({ DATABASE_URL: named(urlAt(back.port), sessions) }) }
    },
    remove,
  }
}

function named(address: string, sessions: string): string {
  const url = new URL(address)
  url.searchParams.set('application_name', sessions)
  return url.href
}
