import pg from 'pg'
import { NotConnected } from './errors.ts'
import { Execution, type Prepared, textsOf } from './execution.ts'
import type { QueryValue, Row } from './query.ts'

/**
 * SQLSTATEs with which a server refuses a statement and is ready for the next: wrong data,
 * broken constraints, transactions undone, wrong SQL, locks or time that ran out. The severity
 * doesn't tell, since servers translate it. Not among them is what another connection may
 * cure: a prepared statement gone stale (0A000) or missing (26000), a standby (25006).
 */
const refusals = /^(22|23|40|42|P0)...$|^55P03$|^57014$/

/** SQLSTATEs of a prepared statement gone stale, by a migration, or missing, by a pooler in between. */
const unprepared = /^(0A000|26000)$/

/**
 * A pool that keeps the connection of a query which the server merely refused, and never one
 * with a transaction still open.
 *
 * pg's own `pool.query` closes the connection after any error, so that each loser of a
 * unique race would cost a reconnection. And pg's `release` takes back whatever it is given,
 * so that a transaction whose ROLLBACK got lost would swallow the statements of others.
 *
 * A prepared statement that a connection can't run any more, since a migration changed what it
 * answers, is run on another one: a named statement here is no part of a transaction, so that
 * nothing of it has happened.
 */
export class ForgivingPool extends pg.Pool {
  constructor(config: pg.PoolConfig) {
    super(config)
    // A connection lost while it is lent out emits an error that would otherwise end the process;
    // the query itself rejects with it too.
    this.on('connect', (client) => client.on('error', () => {}))
    this.on('release', (_error, client) => {
      if (client.getTransactionStatus() !== 'I') client.end().catch(() => {})
    })
  }

  /** @throws {NotConnected} that alone, whatever the server or the network had against it */
  override async connect(): Promise<pg.PoolClient> {
    try {
      return await super.connect()
    } catch (error) {
      throw new NotConnected(error)
    }
  }

  override query(...args: unknown[]): never
  override query(...args: unknown[]): Promise<unknown> {
    return this.#onAny(isNamed(args), (client) => Reflect.apply(client.query, client, args))
  }

  /** Runs a statement that is no part of a transaction, and that connections keep prepared. */
  async run(statement: Prepared, values: readonly QueryValue[]): Promise<Row[]> {
    const texts = textsOf(values)
    return this.#onAny(true, async (client) => {
      const execution = new Execution(statement, texts)
      await client.query(execution)
      return execution.rows
    })
  }

  async #onAny<T>(mayBeStale: boolean, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    // Any connection may be stale; each that proves to be is gone, and a new one isn't.
    for (let others = this.options.max; ; others--) {
      try {
        return await this.#lend(work)
      } catch (error) {
        if (others === 0 || !mayBeStale || !isOfState(error, unprepared)) throw error
      }
    }
  }

  async #lend<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await this.connect()
    let broken: Error | undefined
    try {
      return await work(client)
    } catch (error) {
      if (!isOfState(error, refusals)) broken = error instanceof Error ? error : new Error(String(error))
      throw error
    } finally {
      client.release(broken)
    }
  }
}

function isOfState(error: unknown, states: RegExp): boolean {
  return error instanceof pg.DatabaseError && states.test(error.code ?? '')
}

/** Whether a query is one statement, kept prepared under a name. */
function isNamed([query]: unknown[]): boolean {
  return typeof query === 'object' && query !== null && 'name' in query && Boolean(query.name)
}
