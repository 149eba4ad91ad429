import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useClaim } from '../claim/claim-context.tsx'
import { useNotice } from '../ui/notice.tsx'
import { authApi } from './auth-api.ts'
import { forgetPersonShown, sessionQuery } from './session.ts'

/** Answers a function that ends the session. */
export function useSignOut() {
  const leave = useLeave()
  const say = useNotice()
  return async () => {
    try {
      await authApi.signOut()
    } catch {
      say('You are still signed in: the service did not answer. Try again.')
      return
    }
    leave('You are signed out.')
  }
}

/** Answers a function for after a session ended: it forgets all that was read during it, and goes home. */
export function useLeave() {
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const say = useNotice()
  const { abandon } = useClaim()
  return (goodbye: string) => {
    abandon()
    forgetPersonShown()
    queries.setQueryData(sessionQuery.queryKey, null)
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] })
    navigate('/')
    say(goodbye)
  }
}
