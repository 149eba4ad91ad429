import pRetry from 'p-retry'

export interface Trying {
  /** How long to wait before the next try, in milliseconds: at least at first, and at most. */
  readonly leastWaitMs: number
  readonly mostWaitMs: number
  /** Ends it: whatever fails then is no complaint. */
  readonly signal: AbortSignal
  /** Told of the first failure; those that follow are mostly the same. */
  complain(error: Error): void
}

/** Does some work until it succeeds, waiting longer after each failure. @throws when it is aborted */
export function keepTrying<T>(
  work: () => Promise<T>,
  { leastWaitMs, mostWaitMs, signal, complain }: Trying,
): Promise<T> {
  return pRetry(work, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: leastWaitMs,
    maxTimeout: mostWaitMs,
    randomize: true,
    signal,
    onFailedAttempt({ error, attemptNumber }) {
      if (attemptNumber === 1 && !signal.aborted) complain(error)
    },
  })
}
