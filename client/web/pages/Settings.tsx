import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useState } from 'react'
import { useLocation } from 'wouter'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { match } from '../../failure.ts'
import { NameHistory } from '../names/NameHistory.tsx'
import { UsernameSection } from '../names/UsernameSection.tsx'
import { ProfileForm } from '../profile/ProfileForm.tsx'
import { AccountSection } from '../session/AccountSection.tsx'
import { refusalText } from '../session/refusal-text.ts'
import type { SentFrom } from '../session/sent-from.ts'
import { sessionQuery, useMe } from '../session/session.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Loading } from '../ui/Loading.tsx'
import { Page } from '../ui/Page.tsx'
import { Problem } from '../ui/Problem.tsx'

/** Where somebody names and describes themselves. */
export function Settings() {
  const session = useQuery(sessionQuery)
  const me = useMe()
  const [cameSignedOut] = useState(session.data === null)

  // What was loaded stays, and what was typed into it, when the session ends meanwhile.
  if (me.data && !cameSignedOut) return <Loaded me={me.data} />
  if (session.data === null) return <ToSignIn />
  if (session.error) {
    return <Failed onRetry={() => void session.refetch()}>{refusalText(session.error)}</Failed>
  }
  if (me.error) {
    return match(me.error, {
      SIGNED_OUT: () => <ToSignIn />,
      otherwise: (failure) => (
        <Failed onRetry={() => void me.refetch()}>{commonProblem(failure).text}</Failed>
      ),
    })
  }
  return <Loading />
}

function Loaded({ me }: { me: OwnProfile }) {
  return (
    <Page title="Settings" heading="Settings" className="page-settings">
      <UsernameSection me={me} />
      <section aria-labelledby="profile-heading">
        <h2 id="profile-heading">Profile</h2>
        <ProfileForm me={me} />
      </section>
      <NameHistory />
      <AccountSection me={me} />
    </Page>
  )
}

function Failed({ children, onRetry }: { children: ReactNode; onRetry(): void }) {
  return (
    <Page title="Settings" heading="Settings" className="page-narrow">
      <Problem onRetry={onRetry}>{children}</Problem>
    </Page>
  )
}

function ToSignIn() {
  const [, navigate] = useLocation()
  useEffect(() => {
    const state: SentFrom = { sentFrom: '/settings' }
    navigate('/signin', { replace: true, state })
  }, [navigate])
  return <Loading />
}
