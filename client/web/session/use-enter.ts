import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useDibs } from '../../react.ts'
import { useClaim } from '../claim/claim-context.tsx'
import { isSameName } from '../claim/same-name.ts'
import { wanted } from '../claim/wanted.ts'
import { useNotice } from '../ui/notice.tsx'
import { personShown } from './person-shown.ts'
import { refusalText } from './refusal-text.ts'
import { useSentFrom } from './sent-from.ts'
import { useRefreshSession } from './session.ts'

/** Where somebody signs in or up. */
const enterPath = /^\/sign(in|up)\/?$/
const notKept = 'This browser did not keep you signed in. Allow cookies for this site, then sign in.'

/**
 * Signs somebody in or up, then goes on with what they came for: the name they pressed Claim
 * for, or the page that sent them here.
 */
export function useEnter() {
  const refresh = useRefreshSession()
  const queries = useQueryClient()
  const dibs = useDibs()
  const { claim, offer, setTyped, abandon } = useClaim()
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
      if (session) await goOn(session.id)
      else setRefusal(notKept)
    } catch (error) {
      setRefusal(refusalText(error))
    } finally {
      setPending(false)
    }
  }

  async function goOn(person: string) {
    const me = await queries.fetchQuery(dibs.profile.me.queryOptions()).catch(() => undefined)
    const current = me?.username ?? null
    /** Whoever went elsewhere meanwhile stays there, with what they typed there. */
    const hasGone = !enterPath.test(window.location.pathname)
    const go = (to: string) => navigate(to, { replace: true })
    const kept = wanted.get()
    if (kept === null) {
      // What was typed and tried in this tab is still of whom it showed, whose session another one ended.
      if (before !== undefined && before !== person) abandon()
      if (!hasGone) go(from ?? (current === null ? '/' : '/settings'))
      return
    }
    const { username, replacing } = kept
    const notYet = `You are signed in. @${username} is not claimed yet.`
    wanted.forget()
    if (hasGone) return say(notYet)
    if (me && current !== replacing) {
      offer(username)
      go('/settings')
      return say(current === null ? notYet : toMove(current, username))
    }
    claim.reset()
    setTyped(username)
    go('/')
    // What it would replace is not known.
    if (!me) return say(notYet)
    claim.mutate({ username })
  }

  return { enter, pending, refusal }
}

/** What to tell somebody who came to claim a name and goes by another one. */
function toMove(current: string, username: string): string {
  const signedIn = `You are signed in as @${current}.`
  if (isSameName(current, username)) return signedIn
  return `${signedIn} @${username} is not claimed yet: press Rename to move there.`
}
