import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import type { Database } from './database/open.ts'

interface Running {
  readonly app: FastifyInstance
  readonly database: Database
  readonly log: Logger
  readonly listening: Promise<unknown>
  readonly shutdownMs: number
}

/**
 * Within this time a second signal is the same wish to stop: a terminal sends Ctrl-C to us and
 * to npm, which passes its own on.
 */
const sameWishMs = 500

/** Stops once the requests in flight have ended; on the second signal, or after a while, at once. */
export function stopOnSignal({ app, database, log, listening, shutdownMs }: Running): void {
  let askedAt: number | undefined
  async function stop(signal: NodeJS.Signals): Promise<void> {
    const now = performance.now()
    if (askedAt !== undefined) {
      if (now - askedAt < sameWishMs) return
      log.warn(`${signal} again: stopping at once`)
      process.exit(1)
    }
    askedAt = now
    log.info(`${signal}: waiting for requests in flight`)
    setTimeout(() => {
      log.error(`requests in flight did not end within ${shutdownMs / 1000} s: stopping without them`)
      process.exit(1)
    }, shutdownMs).unref()
    try {
      // Closed half-way there, Fastify may fall over its own server.
      await listening
      await app.close()
      await database.close()
      log.info('stopped')
      process.exit(0)
    } catch (error) {
      log.error({ err: error }, 'stopped in disorder')
      process.exit(1)
    }
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}
