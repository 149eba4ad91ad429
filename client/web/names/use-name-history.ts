import { useInfiniteQuery } from '@tanstack/react-query'
import { useDibs, useDibsClient } from '../../react.ts'

const changesInPage = 10

/** The names that are held for whoever is signed in, and what changed, page by page. */
export function useNameHistory() {
  const dibs = useDibs()
  const client = useDibsClient()
  return useInfiniteQuery({
    queryKey: dibs.profile.usernameHistory.pathKey(),
    queryFn: ({ pageParam, signal }) =>
      client.profile.usernameHistory.query({ before: pageParam, limit: changesInPage }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })
}
