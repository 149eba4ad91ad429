import type { ReactNode } from 'react'
import { Link, useRoute } from 'wouter'
import { Username } from '../../../shared/username.ts'
import { match } from '../../failure.ts'
import { commonProblem } from '../ui/common-problem.ts'
import { Problem } from '../ui/Problem.tsx'
import { Deadline, Time } from '../ui/Time.tsx'
import { useClaim } from './claim-context.tsx'
import { ListedBelow } from './ListedBelow.tsx'
import { SignedOutClaim } from './SignedOutClaim.tsx'
import { Suggestions } from './Suggestions.tsx'

/** Why the claim of the typed name failed, and every way on from there. */
export function LostClaim({ onPick }: { onPick(name: string): void }) {
  const { claim, typed, start } = useClaim()
  if (!claim.error || claim.variables.username !== typed) return null
  const username = Username.parse(typed)

  return match(claim.error, {
    USERNAME_TAKEN: ({ payload }) => (
      <Lost suggestions={payload.suggestions} onPick={onPick}>
        Somebody else has <b>@{payload.username}</b>. Pick another one.
      </Lost>
    ),
    USERNAME_RESERVED: ({ payload }) => (
      <Lost suggestions={payload.suggestions} onPick={onPick}>
        <b>@{payload.username}</b> is reserved. Pick another one.
      </Lost>
    ),
    USERNAME_HELD: ({ payload }) => (
      <Lost suggestions={payload.suggestions} onPick={onPick}>
        <b>@{payload.username}</b> was given up recently and is held for its last owner until{' '}
        <Deadline at={payload.until} />. Pick another one.
      </Lost>
    ),
    USERNAME_TOO_SIMILAR: ({ payload: { username, resembles, suggestions } }) => (
      <Lost suggestions={suggestions} onPick={onPick}>
        <b>@{username}</b> looks too much like{' '}
        {resembles === null ? 'a name that cannot be had' : <b>@{resembles}</b>}, and the two would be mixed
        up. Pick another one.
      </Lost>
    ),
    CHANGED_TOO_OFTEN: ({ payload }) => (
      <Problem>
        You changed your username too often. You can again from <Time at={payload.retryAt} to="minute" />.
        Going back to a name that is <HeldNamesLink>held for you</HeldNamesLink> is always possible.
      </Problem>
    ),
    IDEMPOTENCY_KEY_REUSED: () => (
      <Problem onRetry={() => start(username)}>The service took this for something you did before.</Problem>
    ),
    SIGNED_OUT: () => <SignedOutClaim username={username} />,
    otherwise: (failure) => {
      const { text, retry } = commonProblem(failure)
      return <Problem onRetry={retry ? () => start(username) : undefined}>{text}</Problem>
    },
  })
}

/** Leads to the list of them, also on its own page. */
function HeldNamesLink({ children }: { children: ReactNode }) {
  const [isThere] = useRoute('/settings')
  return isThere ? <a href="#held-heading">{children}</a> : <Link href="/settings">{children}</Link>
}

interface LostProps {
  readonly children: ReactNode
  readonly suggestions: readonly string[]
  onPick(name: string): void
}

function Lost({ children, suggestions, onPick }: LostProps) {
  return (
    <>
      <Problem>
        {children}
        <ListedBelow names={suggestions} />
      </Problem>
      <Suggestions names={suggestions} onPick={onPick} />
    </>
  )
}
