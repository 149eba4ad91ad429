import { Button } from 'react-aria-components/Button'
import { Link, useLocation } from 'wouter'
import { Username } from '../../../shared/username.ts'
import { AvailabilityLine } from '../claim/AvailabilityLine.tsx'
import { useClaim } from '../claim/claim-context.tsx'
import { cannotBeHad } from '../claim/claim-status.ts'
import { useAvailability } from '../claim/use-availability.ts'
import { handFocusOn } from '../ui/hand-focus-on.ts'
import { Page } from '../ui/Page.tsx'

/** Stands where nobody's profile is. */
export function Unclaimed({ name }: { name: string }) {
  const username = Username.safeParse(name)
  if (username.success) return <Nobodys name={username.data} />
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

/** A name that nobody has, though not everybody may be able to have it. */
function Nobodys({ name }: { name: Username }) {
  const { setTyped } = useClaim()
  const [, navigate] = useLocation()
  const availability = useAvailability(name)

  function toForm() {
    setTyped(name)
    navigate('/')
  }

  return (
    <Page title={`@${name}`} heading={`Nobody is @${name}.`} className="page-narrow">
      <p className="lead">There is no profile under this name.</p>
      <div role="status">
        <AvailabilityLine typed={name} of={availability} />
      </div>
      <p>
        {cannotBeHad(availability) ? (
          <Link href="/" className="button button-primary">
            Find another name
          </Link>
        ) : (
          <Button ref={handFocusOn} className="button button-primary" onPress={toForm}>
            {availability.state === 'known' ? `Claim @${name}` : 'See whether it is free'}
          </Button>
        )}
      </p>
    </Page>
  )
}
