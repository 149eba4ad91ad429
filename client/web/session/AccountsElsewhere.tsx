import { Link } from 'wouter'
import { Page } from '../ui/Page.tsx'

/** Says where names are claimed, where the service keeps no accounts itself. */
export function AccountsElsewhere() {
  return (
    <p className="lead">
      Nobody signs in on these pages. Claim your name in the app where you have your account: it leads to your
      profile here.
    </p>
  )
}

/** Stands in place of every page that is for somebody who is signed in, or wants to be. */
export function AccountsElsewherePage() {
  return (
    <Page title="Accounts are elsewhere" heading="Your account is elsewhere." className="page-narrow">
      <AccountsElsewhere />
      <p>
        <Link href="/" className="button button-primary">
          Go home
        </Link>
      </p>
    </Page>
  )
}
