import { Link } from 'wouter'
import { Page } from '../ui/Page.tsx'

/** For an address that is none of ours. */
export function NotFound() {
  return (
    <Page title="Not found" heading="Nothing lives here." className="page-narrow">
      <p className="lead">The address may be mistyped, or the page is gone.</p>
      <p>
        <Link href="/" className="button button-primary">
          Go home
        </Link>
      </p>
    </Page>
  )
}
