import { Link } from 'wouter'
import { useWanted } from '../claim/wanted.ts'
import { authApi } from '../session/auth-api.ts'
import { SignInInput } from '../session/credentials.ts'
import { EnterForm } from '../session/EnterForm.tsx'
import { useSentFrom } from '../session/sent-from.ts'
import { WantedName } from '../session/WantedName.tsx'
import { Page } from '../ui/Page.tsx'

export function SignIn() {
  const wanted = useWanted()
  const sentFrom = useSentFrom()
  return (
    <Page title="Sign in" heading="Welcome back" className="page-narrow">
      <WantedName />
      <EnterForm
        schema={SignInInput}
        authenticate={authApi.signIn}
        isNew={false}
        action={wanted ? `Sign in and claim @${wanted.username}` : 'Sign in'}
      />
      <p className="aside">
        New here?{' '}
        <Link href="/signup" state={sentFrom}>
          Create an account
        </Link>
      </p>
    </Page>
  )
}
