import { useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'wouter'
import { useClaim } from '../claim/claim-context.tsx'
import { useProfileDraft } from '../profile/draft-context.tsx'
import { useNotice } from '../ui/notice.tsx'
import { authApi } from './auth-api.ts'
import { keepEmail } from './email-typed.ts'
import { forgetPersonShown, personShown } from './person-shown.ts'
import { refusalText } from './refusal-text.ts'
import { forgetAnswers, sessionQuery, useLookAgain } from './session.ts'

/** Answers a function that ends the session. */
export function useSignOut() {
  const leave = useLeave()
  const lookAgain = useLookAgain()
  const say = useNotice()
  return async () => {
    try {
      await authApi.signOut(personShown())
    } catch (error) {
      // It may have been done, and only the answer lost; or somebody else is signed in, of whom the page tells.
      const session = await lookAgain().catch(() => undefined)
      if (session && session.id !== personShown()) return
      if (session !== null) {
        const known = session ? 'You are still signed in.' : 'It is not known whether you are signed out.'
        say(`${known} ${refusalText(error)}`)
        return
      }
    }
    await leave('You are signed out.')
  }
}

/** Answers a function for after a session ended: it forgets all that was read during it, and goes home. */
export function useLeave() {
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const say = useNotice()
  const claim = useClaim()
  const draft = useProfileDraft()
  return async (goodbye: string) => {
    await queries.cancelQueries({ queryKey: sessionQuery.queryKey })
    claim.abandon()
    draft.abandon()
    forgetPersonShown()
    keepEmail('')
    queries.setQueryData(sessionQuery.queryKey, null)
    forgetAnswers(queries)
    navigate('/', { replace: window.location.pathname === '/' })
    say(goodbye)
  }
}
