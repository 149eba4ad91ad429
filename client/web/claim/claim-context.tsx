import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useRef, useState } from 'react'
import { useLocation, useRoute } from 'wouter'
import type { Username } from '../../../shared/username.ts'
import { failureOf } from '../../failure.ts'
import { useDibs } from '../../react.ts'
import { hasLeft, origin } from '../session/origin.ts'
import { sessionQuery, useMe } from '../session/session.ts'
import { useNotice } from '../ui/notice.tsx'
import { Claimed } from './Claimed.tsx'
import { isLost } from './is-lost.ts'
import { useEarlyClaim } from './use-early-claim.ts'
import { useShowName } from './use-show-name.ts'
import { type Wanted, wanted } from './wanted.ts'

/** The one claim that a person can be making, wherever on the site they started it. */
function useClaiming() {
  const dibs = useDibs()
  const queries = useQueryClient()
  const session = useQuery(sessionQuery)
  const profile = useMe()
  const me = profile.data
  /** Whether it is known, or can't be, what a claim would replace. */
  const isKnown = session.data === null || me !== undefined || session.isError || profile.isError
  const say = useNotice()
  const [, navigate] = useLocation()
  const [isAtSettings] = useRoute('/settings')
  /** The settings stay whose they are when their person is signed out elsewhere; no other page does. */
  const isOfPerson = session.data !== null || isAtSettings
  /** The name that its owner goes by until they claim another one here. */
  const replaced = isOfPerson ? (me?.username ?? null) : null
  const [typed, setTyped] = useState(() => wanted.get()?.username ?? '')
  const isOffered = useRef(false)

  const showName = useShowName()
  const claim = useMutation(
    dibs.profile.claimUsername.mutationOptions({
      onMutate: () => ({ ...origin(), replaced }),
      onSuccess(claimed, { username }, started) {
        if (hasLeft(started)) return
        showName(claimed)
        wanted.forget()
        say(<Claimed {...claimed} />)
        if (typed !== username) return
        setTyped('')
        // Once there, the way back leads elsewhere.
        if (window.location.pathname === started.path) {
          navigate('/settings', { replace: started.path === '/settings' })
        }
      },
      onError(error, { username }, started) {
        if (!started || hasLeft(started)) return
        // It may have been done, and only the answer lost.
        if (!isLost(error)) void queries.invalidateQueries(dibs.profile.me.queryFilter())
        const isSeen = typed === username && window.location.pathname === started.path
        if (!isSeen) say(`@${username}: ${failureOf(error).message}`)
      },
    }),
  )

  const early = useEarlyClaim(isKnown, (username) => {
    // Whoever has a name is told first what becomes of that.
    if (replaced === null) start(username)
  })

  /** A claim that failed, or was not made yet, is over once something else stands in the field. */
  function type(text: string) {
    setTyped(text)
    if (text === typed) return
    early.drop()
    if (!claim.isPending) claim.reset()
  }

  /** Keeps the name, and lets the person say who they are; the page for that goes on from there. */
  function claimAfter(page: '/signin' | '/signup', name: Wanted) {
    wanted.keep(name)
    navigate(page)
  }

  function start(username: Username) {
    if (claim.isPending) return
    if (!isKnown) early.wait(username)
    else if (!isOfPerson) claimAfter('/signup', { username, replacing: replaced })
    else claim.mutate({ username })
  }

  /** Puts a name in the field for its person to press the button, which has the focus once it is there. */
  function offer(username: Username) {
    claim.reset()
    setTyped(username)
    isOffered.current = true
  }

  /** Lets go of all that was typed, kept and tried. */
  function abandon() {
    claim.reset()
    setTyped('')
    early.drop()
    wanted.forget()
  }

  return {
    /** What stands in the claim field. */
    typed,
    setTyped: type,
    claim,
    /** Whether an answer is still to come. */
    isPending: claim.isPending || early.isWaiting,
    /** Whether a claim would be made at once, for whoever is signed in. */
    isForPerson: isKnown && isOfPerson,
    start,
    claimAfter,
    offer,
    isOffered,
    replaced,
    abandon,
  }
}

const ClaimContext = createContext<ReturnType<typeof useClaiming> | null>(null)

export function ClaimProvider({ children }: { children: ReactNode }) {
  return <ClaimContext value={useClaiming()}>{children}</ClaimContext>
}

export function useClaim() {
  const claiming = useContext(ClaimContext)
  if (claiming === null) throw new Error('useClaim needs a ClaimProvider around it')
  return claiming
}
