import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { failureOf } from '../failure.ts'
import { sessionQuery } from './session/session.ts'

/**
 * The cache behind every query. The client has repeated by then what may be repeated; after that a
 * failure is shown. Being offline is one too, not a reason to wait.
 *
 * When a call is refused as `SIGNED_OUT`, it is found out anew who is signed in.
 */
export function createQueryClient(): QueryClient {
  function lookAgain(error: Error) {
    if (failureOf(error).kind === 'SIGNED_OUT') void queries.invalidateQueries(sessionQuery)
  }
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError: lookAgain }),
    mutationCache: new MutationCache({ onError: lookAgain }),
    defaultOptions: {
      queries: { networkMode: 'always', staleTime: 10_000, retry: false },
      mutations: { networkMode: 'always' },
    },
  })
  return queries
}
