import { Button } from 'react-aria-components/Button'
import { useRoute } from 'wouter'
import type { Username } from '../../../shared/username.ts'
import { Problem } from '../ui/Problem.tsx'
import { SignInElsewhere } from '../ui/SignInElsewhere.tsx'
import { useClaim } from './claim-context.tsx'

/** How somebody goes on who was signed out before they claimed a name: from the settings without leaving them. */
export function SignedOutClaim({ username }: { username: Username }) {
  const { start, claim, claimAfter } = useClaim()
  // By now the page may show nobody's name any more.
  const wanted = { username, replacing: claim.context?.replaced ?? null }
  const [isAtSettings] = useRoute('/settings')
  if (isAtSettings) {
    return (
      <Problem onRetry={() => start(username)} actions={<SignInElsewhere />}>
        You are signed out. <b>@{username}</b> is kept here: sign in, then try again.
      </Problem>
    )
  }
  return (
    <Problem
      actions={
        <>
          <Button className="button button-primary" onPress={() => claimAfter('/signin', wanted)}>
            Sign in and go on
          </Button>
          <Button className="button button-quiet" onPress={() => claimAfter('/signup', wanted)}>
            Create an account
          </Button>
        </>
      }
    >
      You are signed out. <b>@{username}</b> is kept here: sign in, and we go on with it.
    </Problem>
  )
}
