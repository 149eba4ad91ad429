import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import { AuthError, authApi } from './auth-api.ts'
import { useLookAgain } from './session.ts'
import { useLeave } from './sign-out.ts'

/** Deletes one's own account. Where the answer doesn't tell, the session does whether it may be deleted. */
export function useDeleteAccount() {
  const leave = useLeave()
  const lookAgain = useLookAgain()
  const mayBeDone = useRef(false)
  return useMutation({
    mutationFn: authApi.deleteAccount,
    onSuccess: () => leave('Your account is deleted, and you are signed out.'),
    async onError(error) {
      mayBeDone.current ||= error instanceof AuthError && mayHaveDeleted(error)
      if (!mayBeDone.current) return
      const session = await lookAgain().catch(() => undefined)
      if (session !== null) return
      // The session may have ended otherwise.
      await leave('You are signed out. Your account is deleted, unless you can still sign in.')
    },
  })
}

/**
 * Whether the account may be deleted all the same: a gateway that gives up answers too, and so does a
 * server that fails after it is done.
 */
function mayHaveDeleted({ refusal }: AuthError): boolean {
  return refusal === 'NO_ANSWER' || refusal === 'UNAVAILABLE' || refusal === 'UNEXPECTED'
}
