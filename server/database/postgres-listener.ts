import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Log } from '../log.ts'
import type { Listener } from './engine.ts'
import { keepTrying } from './keep-trying.ts'

/** How long to wait before connecting again, at least and at most; twice the least where a server lets us in and out. */
const leastWaitMs = 50
const mostWaitMs = 5_000

/** How soon the system asks whether a server that says nothing is still there. */
const keepAliveMs = 10_000

/**
 * Listens on a channel of a PostgreSQL server, on a session of its own, until it is closed. A
 * session that ends, or can't be had, is replaced.
 *
 * It must be a session of the server itself: a pooler that lends one out for each transaction
 * takes LISTEN and passes nothing on.
 */
export function listenOnPostgres(
  config: pg.ClientConfig,
  { channel, listener, log }: { channel: string; listener: Listener; log: Log },
): { close(): Promise<void> } {
  const closing = new AbortController()
  const { signal } = closing
  let session: pg.Client | undefined

  async function connect(): Promise<Promise<void>[]> {
    const client = new pg.Client({ ...config, keepAlive: true, keepAliveInitialDelayMillis: keepAliveMs })
    // A connection that is lost tells so by an error, then by its end.
    client.on('error', () => {})
    client.on('notification', ({ payload }) => listener.heard(payload ?? ''))
    const ended = new Promise<void>((resolve) => client.once('end', resolve))
    session = client
    try {
      await client.connect()
      await client.query(`SET idle_session_timeout TO 0; LISTEN ${channel}`)
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    // In an array, since a promise that is returned by itself would be waited for.
    return [ended]
  }

  async function keepListening(): Promise<void> {
    while (!signal.aborted) {
      const [ended] = await keepTrying(connect, {
        leastWaitMs,
        mostWaitMs,
        signal,
        complain: ({ message }) => log.warn(`cannot listen for changes of names: ${message}`),
      })
      log.debug('listening for changes of names')
      listener.listening()
      await ended
      if (!signal.aborted) log.warn('connection for changes of names lost')
      await sleep(leastWaitMs * (1 + Math.random()), undefined, { signal })
    }
  }

  const done = keepListening().catch((error: unknown) => {
    if (!signal.aborted) log.error({ err: error }, 'no longer listening for changes of names')
  })
  return {
    async close() {
      closing.abort()
      await session?.end().catch(() => {})
      await done
    },
  }
}
