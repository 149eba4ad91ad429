import { skipToken, useQuery } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { useEffect, useState } from 'react'
import type * as z from 'zod/mini'
import type { CheckUsernameOutput } from '../../../shared/schemas.ts'
import { shortestUsername, Username } from '../../../shared/username.ts'
import { match } from '../../failure.ts'
import { useDibs } from '../../react.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { useVisible } from '../ui/use-visible.ts'

/** How long typing has to rest before a name is asked about. */
const restMs = 250

export type Availability =
  | { readonly state: 'empty' | 'checking' }
  /** Short of letters it may still be being typed. */
  | { readonly state: 'short' | 'invalid'; readonly message: string }
  | (Readonly<z.output<typeof CheckUsernameOutput>> & {
      readonly state: 'known'
      /** Whether this name was shown as available before. */
      readonly wasFree: boolean
    })
  | { readonly state: 'unknown'; readonly message: string; retry(): void }

/**
 * What claiming the typed name would meet, kept up to date while it is typed and after: when
 * somebody claims it, the page says so at once.
 *
 * An answer is only ever shown for the name it was asked for: answers are kept by name, and
 * the request for a name that is no longer the typed one is aborted. A later answer for the
 * same name takes the place of the one before.
 */
export function useAvailability(typed: string): Availability {
  const dibs = useDibs()
  const rested = useRested(typed)
  const parsed = Username.safeParse(typed)
  const asked = parsed.success && rested === typed ? { username: typed } : skipToken
  const check = useQuery(
    dibs.profile.checkUsername.queryOptions(asked, {
      trpc: { abortOnUnmount: true },
      staleTime: 0,
      gcTime: 0,
    }),
  )

  const status = check.data?.status
  // Of the few connections that a browser opens to a server, among all its tabs, each watch takes one.
  const isVisible = useVisible()
  useSubscription(
    dibs.profile.watchUsername.subscriptionOptions(status === undefined || !isVisible ? skipToken : asked, {
      // What it is now, with all that belongs to it; the news alone may be of a moment ago.
      onData: (news) => void (news.status !== status && check.refetch()),
    }),
  )
  const [seenFree, setSeenFree] = useState<string>()
  if (status === 'available' && seenFree !== typed) setSeenFree(typed)

  if (typed === '') return { state: 'empty' }
  if (!parsed.success) {
    const state = typed.length < shortestUsername ? 'short' : 'invalid'
    return { state, message: parsed.error.issues[0]?.message ?? '' }
  }
  if (asked === skipToken) return { state: 'checking' }
  if (check.error && !check.isFetching) {
    const message = match(check.error, { otherwise: (failure) => commonProblem(failure).text })
    return { state: 'unknown', message, retry: () => void check.refetch() }
  }
  if (!check.data) return { state: 'checking' }
  return { state: 'known', ...check.data, wasFree: seenFree === typed && status !== 'available' }
}

function useRested(value: string): string {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), restMs)
    return () => clearTimeout(timer)
  }, [value])
  return rested
}
