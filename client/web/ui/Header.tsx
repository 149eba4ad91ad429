import { lazy, Suspense } from 'react'
import { Link, useLocation } from 'wouter'
import { visible } from '../../../shared/visible.ts'
import { useSentFrom } from '../session/sent-from.ts'
import { useMe, useSession } from '../session/session.ts'
import { AccountLink } from './AccountLink.tsx'
import { Avatar } from './Avatar.tsx'
import { ErrorBoundary } from './ErrorBoundary.tsx'
import { Logo } from './Logo.tsx'

const AccountMenu = lazy(async () => ({ default: (await import('./AccountMenu.tsx')).AccountMenu }))

/** The top of every page: the way home, and who is signed in. */
export function Header() {
  const session = useSession()
  const [location] = useLocation()
  const sentFrom = useSentFrom()
  return (
    <header className="header">
      <Link href="/" className="logo" aria-label="Dibs, home">
        <Logo />
      </Link>
      <nav aria-label="Account" className="header-nav">
        {session && <SignedIn />}
        {session === null && location !== '/signin' && (
          <Link href="/signin" state={sentFrom} className="button button-plain">
            Sign in
          </Link>
        )}
        {session === null && location !== '/signup' && (
          <Link href="/signup" state={sentFrom} className="button button-quiet">
            Sign up
          </Link>
        )}
      </nav>
    </header>
  )
}

function SignedIn() {
  const session = useSession()
  const me = useMe().data
  const shown = {
    username: me?.username ?? null,
    name: visible(me?.displayName ?? '') || session?.name || '',
  }
  return (
    <ErrorBoundary fallback={<AccountLink {...shown} />}>
      <Suspense fallback={<Avatar name={shown.username ?? shown.name} />}>
        <AccountMenu {...shown} />
      </Suspense>
    </ErrorBoundary>
  )
}
