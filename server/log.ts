import type { FastifyBaseLogger } from 'fastify'

/** A structured log, pino's, as far as Dibs uses it. */
export type Log = Pick<FastifyBaseLogger, 'debug' | 'info' | 'warn' | 'error'>
