import { QueryClient } from '@tanstack/react-query'
import { failureOf } from '../failure.ts'

/** A read that met one of these may do better a moment later. */
const passing: ReadonlySet<string> = new Set(['NO_ANSWER', 'UNAVAILABLE'])

/**
 * The cache behind every query. A failed read is repeated twice where that may help; a failed
 * write is the person's to repeat. Being offline is a failure to show, not a reason to wait.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 10_000,
        retry: (times, error: Error & { data?: unknown }) => times < 2 && passing.has(failureOf(error).kind),
        retryDelay: (times) => 400 * 2 ** times,
      },
      mutations: { networkMode: 'always' },
    },
  })
}
