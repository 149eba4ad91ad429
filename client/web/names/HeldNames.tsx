import { Button } from 'react-aria-components/Button'
import { Username } from '../../../shared/username.ts'
import { useClaim } from '../claim/claim-context.tsx'
import { Deadline } from '../ui/Time.tsx'
import { ListLoading } from './ListLoading.tsx'
import { useNameHistory } from './use-name-history.ts'

/** The former names that nobody else can have yet, each to be taken back. */
export function HeldNames({ onTakeBack }: { onTakeBack(): void }) {
  const history = useNameHistory()
  const { start, setTyped, claim } = useClaim()
  const held = history.data?.pages[0]?.held

  /** The form shows how it ends: there it can go on from a failure. */
  function takeBack(name: string) {
    setTyped(name)
    start(Username.parse(name))
    onTakeBack()
  }

  return (
    <div className="panel held">
      <h3 id="held-heading" tabIndex={-1}>
        Held for you
      </h3>
      {history.isPending && <ListLoading />}
      {history.error && !held && <p>They could not be loaded. Try again below, at your name history.</p>}
      {held?.length === 0 && (
        <p>
          None. A name that you rename yourself from, or give up, is listed here while only you can have it.
        </p>
      )}
      {held && held.length > 0 && (
        <>
          <p>Only you can have these. Taking one back is always possible.</p>
          <ul className="name-list" aria-labelledby="held-heading">
            {held.map(({ username, until }) => (
              <li key={username}>
                <span className="held-name">
                  <b>@{username}</b>
                  <span className="name-when">
                    until <Deadline at={until} />
                  </span>
                </span>
                <Button
                  className="button button-quiet"
                  aria-label={`Take back @${username}`}
                  onPress={() => takeBack(username)}
                  isDisabled={claim.isPending}
                >
                  Take back
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
