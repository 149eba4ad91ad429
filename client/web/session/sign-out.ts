import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useNotice } from '../ui/notice.tsx'
import { authApi } from './auth-api.ts'
import { sessionQuery } from './session.ts'

/** Answers a function that ends the session, forgets all that was read during it, and goes home. */
export function useSignOut() {
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const say = useNotice()
  return async () => {
    try {
      await authApi.signOut()
    } catch {
      say('You are still signed in: the service did not answer. Try again.')
      return
    }
    queries.setQueryData(sessionQuery.queryKey, null)
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] })
    navigate('/')
    say('You are signed out.')
  }
}
