import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import type { SqlQuery } from '@prisma/driver-adapter-utils'
import pg from 'pg'
import type { Log } from '../log.ts'
import type { Engine } from './engine.ts'
import { ForgivingPool } from './forgiving-pool.ts'

/** How long a statement may run, and how long it may wait for a lock. */
const statementTimeoutMs = 10_000
const lockTimeoutMs = 8_000
/** How long a call waits for a free connection. */
const connectionTimeoutMs = 5_000

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
    connectionTimeoutMillis: connectionTimeoutMs,
    keepAlive: true,
  }
  const pool = new ForgivingPool({ ...config, max: poolSize, onConnect: prepareSession })
  pool.on('error', (error) => log.warn({ err: error }, 'idle database connection lost'))
  return {
    name: 'postgresql',
    adapter: new PrismaPg(pool, { statementNameGenerator: statementNames(mostNamedStatements) }),
    connectToMigrate: () => connectToMigrate(config),
    close: () => pool.end(),
  }
}

/**
 * What Dibs relies on, whatever the server's or the role's defaults are: times as UTC (the
 * adapter drops offsets), and statements that see what was committed before them.
 */
async function prepareSession(client: pg.ClientBase): Promise<void> {
  await client.query(
    `SET TIME ZONE 'UTC';
     SET default_transaction_isolation TO 'read committed';
     SET statement_timeout TO ${statementTimeoutMs};
     SET lock_timeout TO ${lockTimeoutMs};
     SET idle_in_transaction_session_timeout TO ${statementTimeoutMs}`,
  )
}

/**
 * Names statements by their text, so that each connection plans one only once. Beyond the
 * first `most` a statement goes unnamed, which is slower but keeps nothing.
 */
export function statementNames(most: number): (query: SqlQuery) => string {
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

/** A pool of one, so that the lock and the migrations are on the same session. */
async function connectToMigrate(config: pg.PoolConfig) {
  const pool = new pg.Pool({ ...config, max: 1, idleTimeoutMillis: 0 })
  const adapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect()
  // The adapter's own version splits at every semicolon, those inside functions too.
  adapter.executeScript = async (script) => {
    await pool.query(script)
  }
  return adapter
}
