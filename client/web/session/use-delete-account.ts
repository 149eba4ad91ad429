import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { authApi, mayBeDone, refusalOf } from './auth-api.ts'
import { personShown } from './person-shown.ts'
import { useLookAgain } from './session.ts'
import { useLeave } from './sign-out.ts'

/** Deletes one's own account. Where the answer doesn't tell, the session does whether it may be deleted. */
export function useDeleteAccount() {
  const leave = useLeave()
  const lookAgain = useLookAgain()
  const mayBeDeleted = useRef(false)
  return useMutation({
    mutationFn: (password: string) => authApi.deleteAccount(password, personShown()),
    onSuccess: () => leave('Your account is deleted, and you are signed out.'),
    async onError(error) {
      const refusal = refusalOf(error)
      mayBeDeleted.current ||= mayBeDone(refusal)
      // Refused as signed out, it may be that somebody else is in, of whom the page tells.
      if (!mayBeDeleted.current && refusal !== 'SIGNED_OUT') return
      const session = await lookAgain().catch(() => undefined)
      if (session !== null || !mayBeDeleted.current) return
      // The session may have ended otherwise.
      await leave('You are signed out. Your account is deleted, unless you can still sign in.')
    },
  })
}
