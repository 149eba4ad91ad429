import { QueryClient } from '@tanstack/react-query'

/**
 * The cache behind every query. The client has repeated by then what may be repeated; after that a
 * failure is shown. Being offline is one too, not a reason to wait.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { networkMode: 'always', staleTime: 10_000, retry: false },
      mutations: { networkMode: 'always' },
    },
  })
}
