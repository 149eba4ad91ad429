import { Button } from 'react-aria-components/Button'
import { Link, useLocation } from 'wouter'
import { Username } from '../../../shared/username.ts'
import { useClaim } from '../claim/claim-context.tsx'
import { Page } from '../ui/Page.tsx'

/** Stands where nobody's profile is. */
export function Unclaimed({ name }: { name: string }) {
  const { setTyped } = useClaim()
  const [, navigate] = useLocation()
  const username = Username.safeParse(name)

  if (!username.success) {
    return (
      <Page title="Not found" heading="Nobody can have that name." className="page-narrow">
        <p className="lead">{username.error.issues[0]?.message}.</p>
        <p>
          <Link href="/" className="button button-primary">
            Find a name
          </Link>
        </p>
      </Page>
    )
  }

  function claim() {
    setTyped(name)
    navigate('/')
  }

  return (
    <Page title={`@${name}`} heading={`Nobody is @${name}.`} className="page-narrow">
      <p className="lead">There is no profile under this name. Type it in to see whether it can be yours.</p>
      <p>
        <Button className="button button-primary" onPress={claim}>
          Claim @{name}
        </Button>
      </p>
    </Page>
  )
}
