import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlDriverAdapter, SqlQuery } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import type { Log } from '../log.ts'
import { CataloguePool } from './catalogue-pool.ts'
import { DatabaseRefusal, type Engine, patienceMs } from './engine.ts'
import { ForgivingPool } from './forgiving-pool.ts'
import { PostgresAdapter } from './postgres-adapter.ts'
import { listenOnPostgres } from './postgres-listener.ts'
import { ReplicatedClient } from './replicated-client.ts'

/** How long a statement may run, and how long it may wait for a lock. */
const statementTimeoutMs = 10_000
const lockTimeoutMs = 8_000
/** How long a statement may go unanswered by a server that cannot even say that it timed out. */
const silenceTimeoutMs = statementTimeoutMs + 2_000

/** How many distinct statements keep a plan on each connection. */
const mostNamedStatements = 256

/** Opens a PostgreSQL server's database through a pool of connections. */
export async function openPostgres(
  { url, poolSize }: { url: string; poolSize: number },
  log: Log,
): Promise<Engine> {
  const config: pg.PoolConfig = {
    connectionString: url,
    application_name: 'dibs',
    connectionTimeoutMillis: patienceMs,
    keepAlive: true,
  }
  refuseOtherPort(config)
  const pool = new ForgivingPool({
    ...config,
    Client: ReplicatedClient,
    max: poolSize,
    query_timeout: silenceTimeoutMs,
    onConnect: prepareSession,
  })
  // The error carries its whole connection.
  pool.on('error', ({ message }) => log.warn(`idle database connection lost: ${message}`))
  // Dibs' own are few, and keep their plans whatever else there is.
  const nameOf = statementNames(Number.POSITIVE_INFINITY)
  const listeners: { close(): Promise<void> }[] = []
  return {
    name: 'postgresql',
    adapter: new PostgresAdapter(pool, statementNames(mostNamedStatements)),
    run: (sql, values) => pool.run({ name: nameOf({ sql }), text: sql }, values),
    connectToMigrate: () => connectToMigrate(config),
    listen(channel, listener) {
      const session = { ...config, query_timeout: silenceTimeoutMs }
      listeners.push(listenOnPostgres(session, { channel, listener, log }))
    },
    // The server's disk is out of sight.
    isFull: async () => false,
    async close() {
      await Promise.all([pool.end(), ...listeners.map((listener) => listener.close())])
    },
  }
}

/**
 * What Dibs relies on, whatever the server's or the role's defaults are: times as UTC (the
 * adapter drops offsets), statements that see what was committed before them, and the warning
 * that a commit is on no standby. It stays on no standby itself, where it would read what is old.
 */
async function prepareSession(client: pg.ClientBase): Promise<void> {
  await client.query(
    `SET statement_timeout TO ${statementTimeoutMs};
     SET lock_timeout TO ${lockTimeoutMs};
     SET idle_in_transaction_session_timeout TO ${statementTimeoutMs};
     SET TIME ZONE 'UTC';
     SET client_min_messages TO warning;
     SET default_transaction_isolation TO 'read committed';
     DO $$ BEGIN IF pg_is_in_recovery() THEN RAISE read_only_sql_transaction; END IF; END $$`,
  )
}

/**
 * Names statements by their text, so that each connection plans one only once. Beyond the
 * first `most` a statement goes unnamed, which is slower but keeps nothing.
 */
export function statementNames(most: number): (query: Pick<SqlQuery, 'sql'>) => string {
  const names = new Map<string, string>()
  return ({ sql }) => {
    const known = names.get(sql)
    if (known !== undefined) return known
    if (names.size >= most) return ''
    const name = `dibs_${createHash('sha256').update(sql).digest('hex').slice(0, 32)}`
    names.set(sql, name)
    return name
  }
}

/**
 * A pool of one, so that the lock and the migrations are on the same session, which no limit
 * of the role ends while it waits its turn.
 */
async function connectToMigrate(config: pg.PoolConfig): Promise<SqlDriverAdapter> {
  const pool = new CataloguePool({
    ...config,
    max: 1,
    idleTimeoutMillis: 0,
    onConnect: async (client) => {
      await client.query('SET statement_timeout TO 0; SET lock_timeout TO 0')
    },
  })
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect()
  pool.describeFor(adapter)
  // The adapter's own version splits at every semicolon, those inside functions too.
  adapter.executeScript = async (script) => {
    await pool.query(script)
  }
  try {
    const client = await pool.connect()
    client.release()
  } catch (error) {
    await adapter.dispose()
    // The pool says only that no connection came about.
    throw unreachable(config, (error as Error).cause)
  }
  return adapter
}

/** Where a URL names no port, pg takes PGPORT's, and never comes back from one that is none. */
function refuseOtherPort(config: pg.PoolConfig): void {
  const { port } = new pg.Client(config)
  if (port > 0 && port <= 65_535) return
  throw new DatabaseRefusal('PGPORT is no port. Correct it, or name the port in DATABASE_URL.')
}

/** Says what stands in the way without the URL, which may hold a password. */
function unreachable(config: pg.PoolConfig, error: unknown): DatabaseRefusal {
  const { message, code } = error as pg.DatabaseError
  return new DatabaseRefusal(
    `PostgreSQL at ${addressOf(config)}, does not let us in: ${message || code}. ` +
      'Start it, or correct DATABASE_URL.',
  )
}

/** Where pg connects to, by what URLs leave to the environment too. */
export function addressOf(config: pg.ClientConfig): string {
  const { host, port, database } = new pg.Client(config)
  return `${host.includes(':') ? `[${host}]` : host}:${port}, database "${database}"`
}
