import { type Operation, retryLink, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { AppRouter } from '../server/router.ts'
import { failureOf } from './failure.ts'
import { NotSent } from './not-sent.ts'
import { hasKey } from './one-key-per-call.ts'

/** How long a retry waits at most, in milliseconds: the first, then four times as long each, up to this. */
const delayMs = { first: 200, most: 2_000 }

/**
 * Sends a call again that had no answer, or that the service could not answer just then: a query,
 * or a mutation with an idempotency key. Any other would risk being done twice.
 */
export function repeating(most: number): TRPCLink<AppRouter>[] {
  const again = retryLink<AppRouter>({
    retry: ({ op, error, attempts }) => attempts <= most && mayRepeat(op) && isPassing(error),
    retryDelayMs: (attempts) =>
      Math.min(delayMs.first * 4 ** (attempts - 1), delayMs.most) * (0.5 + Math.random() / 2),
  })
  return [untilAborted, again]
}

function mayRepeat(op: Operation): boolean {
  if (op.signal?.aborted) return false
  return op.type === 'query' || (op.type === 'mutation' && hasKey(op))
}

function isPassing(error: TRPCClientError<AppRouter>): boolean {
  if (error.cause instanceof NotSent) return false
  const { kind } = failureOf(error)
  return kind === 'NO_ANSWER' || kind === 'UNAVAILABLE'
}

/** Ends a call that its caller aborts, also before it is sent, or while it waits to be sent again. */
const untilAborted: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    const { signal } = op
    if (!signal || op.type === 'subscription') return next(op)
    return observable((observer) => {
      const abort = () => observer.error(TRPCClientError.from(signal.reason))
      // One that is aborted already tells nobody any more.
      if (signal.aborted) return abort()
      signal.addEventListener('abort', abort)
      const call = next(op).subscribe(observer)
      return () => {
        signal.removeEventListener('abort', abort)
        call.unsubscribe()
      }
    })
  }
