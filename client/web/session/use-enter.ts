import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useDibs } from '../../react.ts'
import { useClaim } from '../claim/claim-context.tsx'
import { useNotice } from '../ui/notice.tsx'
import { refusalText } from './refusal-text.ts'
import { useSentFrom } from './sent-from.ts'
import { personShown, useRefreshSession } from './session.ts'

/**
 * Signs somebody in or up, then goes on with what they came for: the name they pressed Claim
 * for, or the page that sent them here.
 */
export function useEnter() {
  const refresh = useRefreshSession()
  const queries = useQueryClient()
  const dibs = useDibs()
  const { wanted, claim, setTyped, forget, abandon } = useClaim()
  const [, navigate] = useLocation()
  const say = useNotice()
  const from = useSentFrom()?.sentFrom
  const [before] = useState(personShown)
  const [pending, setPending] = useState(false)
  const [refusal, setRefusal] = useState<string>()

  async function enter(authenticate: () => Promise<void>) {
    setPending(true)
    setRefusal(undefined)
    try {
      await authenticate()
      // What was said was said to whoever was here before.
      say()
      const session = await refresh()
      await goOn(session?.id)
    } catch (error) {
      setRefusal(refusalText(error))
    } finally {
      setPending(false)
    }
  }

  async function goOn(person: string | undefined) {
    const me = await queries.fetchQuery(dibs.profile.me.queryOptions()).catch(() => undefined)
    const current = me?.username ?? null
    if (wanted === null) {
      // What was typed and tried in this tab is still of whom it showed, whose session another one ended.
      if (before !== undefined && before !== person) abandon()
      return navigate(from ?? (current === null ? '/' : '/settings'), { replace: true })
    }
    claim.reset()
    setTyped(wanted.username)
    forget()
    if (me && current !== wanted.replacing) return navigate('/settings', { replace: true })
    navigate('/', { replace: true })
    // What it would replace is not known.
    if (!me) return
    claim.mutate({ username: wanted.username })
  }

  return { enter, pending, refusal }
}
