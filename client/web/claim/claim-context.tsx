import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import type { Username } from '../../../shared/username.ts'
import { useDibs } from '../../react.ts'
import { sessionQuery, useMe } from '../session/session.ts'
import { useNotice } from '../ui/notice.tsx'
import { Claimed } from './FormerName.tsx'
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
  const [location, navigate] = useLocation()
  const [kept, setKept] = useState(wanted.read)
  const [typed, setTyped] = useState(kept?.username ?? '')
  /** What Claim was pressed for before that was known. */
  const [early, setEarly] = useState<Username | null>(null)

  const claim = useMutation(
    dibs.profile.claimUsername.mutationOptions({
      async onSuccess(claimed) {
        forget()
        setTyped('')
        await queries.invalidateQueries(dibs.profile.pathFilter())
        say(<Claimed {...claimed} />)
        // Once there, the way back leads elsewhere.
        navigate('/settings', { replace: location === '/settings' })
      },
    }),
  )

  function forget() {
    wanted.forget()
    setKept(null)
  }

  /** Keeps the name, and lets the person say who they are; the page for that goes on from there. */
  function claimAfter(page: '/signin' | '/signup', username: Username) {
    const name: Wanted = { username, replacing: me?.username ?? null }
    wanted.keep(name)
    setKept(name)
    navigate(page)
  }

  function start(username: Username) {
    if (claim.isPending) return
    if (!isKnown) setEarly(username)
    else if (session.data === null) claimAfter('/signup', username)
    else claim.mutate({ username })
  }

  useEffect(() => {
    if (early === null || !isKnown) return
    setEarly(null)
    // Whoever has a name is told first what becomes of that.
    if (!me?.username) start(early)
  })

  /** Lets go of all that was typed, kept and tried. */
  function abandon() {
    claim.reset()
    setTyped('')
    setEarly(null)
    forget()
  }

  return {
    /** What stands in the claim field. */
    typed,
    setTyped,
    claim,
    /** Whether an answer is still to come. */
    isPending: claim.isPending || early !== null,
    start,
    claimAfter,
    /** The name that waits for somebody to sign in. */
    wanted: kept,
    forget,
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
