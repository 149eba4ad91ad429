import type { TRPCError } from '@trpc/server'
import { Failure } from '../trpc/failure.ts'

/** `Retry-After` (RFC 9110, in whole seconds) where calls of a request were refused for a while. */
export function retryAfter(errors: readonly TRPCError[]): { 'retry-after': string } | undefined {
  const waits = errors.flatMap((error) => (isLimited(error) ? error.payload.retryAfterMs : []))
  if (waits.length === 0) return undefined
  return { 'retry-after': String(Math.ceil(Math.max(...waits) / 1000)) }
}

function isLimited(error: TRPCError): error is Failure<'RATE_LIMITED'> {
  return error instanceof Failure && error.kind === 'RATE_LIMITED'
}
