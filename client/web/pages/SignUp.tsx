import { Link } from 'wouter'
import { useWanted } from '../claim/wanted.ts'
import { SignUpInput } from '../session/credentials.ts'
import { EnterForm } from '../session/EnterForm.tsx'
import { useSentFrom } from '../session/sent-from.ts'
import { useSignUp } from '../session/use-sign-up.ts'
import { WantedName } from '../session/WantedName.tsx'
import { Page } from '../ui/Page.tsx'

export function SignUp() {
  const wanted = useWanted()
  const sentFrom = useSentFrom()
  const signUp = useSignUp()
  return (
    <Page title="Sign up" heading="Create your account" className="page-narrow">
      <WantedName />
      <EnterForm
        schema={SignUpInput}
        authenticate={signUp}
        isNew
        action={wanted ? `Sign up and claim @${wanted.username}` : 'Sign up'}
      />
      <p className="aside">
        Here before?{' '}
        <Link href="/signin" state={sentFrom}>
          Sign in
        </Link>
      </p>
    </Page>
  )
}
