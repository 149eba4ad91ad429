import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { type DestinationStream, type Logger, pino } from 'pino'
import { standardOutput } from './standard-output.ts'

/** A structured log, pino's, as far as Dibs uses it. */
export type Log = Pick<FastifyBaseLogger, 'debug' | 'info' | 'warn' | 'error'>

/** A log of one line of JSON for each event, on the standard output unless told where else. */
export function createLog(level: string, destination: DestinationStream = standardOutput()): Logger {
  return pino({ level, serializers: { req: told } }, destination)
}

/** What is logged of a request: not its query, in which somebody may have put a password or a token. */
function told({ method, url, host, ip }: FastifyRequest) {
  return { method, path: url.split('?')[0], host, address: ip }
}
