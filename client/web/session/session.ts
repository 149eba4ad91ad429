import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useDibs } from '../../react.ts'
import { AuthError, authApi } from './auth-api.ts'
import { forgetPersonShown, showPerson } from './person-shown.ts'

/** Who is signed in here: a person, null for nobody, undefined while that is not known. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  async queryFn({ signal }) {
    const session = await authApi.session(signal)
    // Given up, it may be about somebody who has left since.
    signal.throwIfAborted()
    showPerson(session?.id)
    return session
  },
  staleTime: 60_000,
  // Another tab may have changed it.
  refetchOnWindowFocus: 'always',
  retry: (times, error) => times < 2 && !areElsewhere(error),
  retryDelay: (times) => 400 * 2 ** times,
})

export function useSession() {
  return useQuery(sessionQuery).data
}

/** Whether the service keeps no accounts itself, so that nobody signs in on its pages; false while that is not known. */
export function useAccountsElsewhere(): boolean {
  return areElsewhere(useQuery(sessionQuery).error)
}

function areElsewhere(error: unknown): boolean {
  return error instanceof AuthError && error.refusal === 'ACCOUNTS_ELSEWHERE'
}

/** The profile of whoever is signed in; not asked for while nobody is. */
export function useMe() {
  const session = useSession()
  const dibs = useDibs()
  return useQuery(dibs.profile.me.queryOptions(undefined, { enabled: Boolean(session) }))
}

/** The username of whoever is signed in; null where there is none, or it is not known. */
export function useOwnUsername(): string | null {
  const session = useSession()
  const me = useMe().data
  return session ? (me?.username ?? null) : null
}

/** Answers a function that finds out anew who is signed in, and drops any answer still on its way. */
export function useLookAgain() {
  const queries = useQueryClient()
  return async () => {
    await queries.cancelQueries({ queryKey: sessionQuery.queryKey })
    return queries.fetchQuery({ ...sessionQuery, staleTime: 0 })
  }
}

/** Answers a function that finds out anew who is signed in, and forgets all that was read before. */
export function useRefreshSession() {
  const queries = useQueryClient()
  const lookAgain = useLookAgain()
  return async () => {
    forgetPersonShown()
    forgetAnswers(queries)
    return lookAgain()
  }
}

/** Forgets all that was read, which may be for one person's eyes only. */
export function forgetAnswers(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] })
}
