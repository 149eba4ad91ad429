import { type QueryClient, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useDibs } from '../../react.ts'
import { authApi, type Session } from './auth-api.ts'
import { forgetPersonShown, showPerson } from './person-shown.ts'

type Found = Awaited<ReturnType<typeof authApi.session>>

/** Who is signed in: a person, null for nobody; undefined while that is not known, or accounts are elsewhere. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  async queryFn({ signal }): Promise<Found> {
    const found = await authApi.session(signal)
    // Given up, it may be about somebody who has left since.
    signal.throwIfAborted()
    showPerson(sessionOf(found)?.id)
    return found
  },
  select: sessionOf,
  staleTime: 60_000,
  // Another tab may have changed it.
  refetchOnWindowFocus: 'always',
  retry: 2,
  retryDelay: (times) => 400 * 2 ** times,
})

export function useSession() {
  return useQuery(sessionQuery).data
}

/** Whether accounts are kept elsewhere, so that nobody signs in here; false while that is not known. */
export function useAccountsElsewhere(): boolean {
  return useQuery({ ...sessionQuery, select: (found) => found === 'elsewhere' }).data ?? false
}

function sessionOf(found: Found): Session | null | undefined {
  return found === 'elsewhere' ? undefined : found
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
    return sessionOf(await queries.fetchQuery({ ...sessionQuery, staleTime: 0 }))
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
