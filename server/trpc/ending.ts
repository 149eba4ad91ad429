import { Failure } from './failure.ts'

/** Ends a call of somebody who has too much under way. */
export function endAsLimited(retryAfterMs: number): never {
  throw new Failure('RATE_LIMITED', { retryAfterMs })
}

/** Ends a call that the server can't go on with now. */
export function endAsUnavailable(): never {
  throw new Failure('UNAVAILABLE', null)
}
