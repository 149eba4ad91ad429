import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { OwnProfile } from '../../../shared/schemas.ts'
import { ClaimForm } from '../claim/ClaimForm.tsx'
import { HeldNames } from './HeldNames.tsx'
import { ReleaseName } from './ReleaseName.tsx'

/** One's name: to claim, change, give up and take back. */
export function UsernameSection({ me: { username, holdDays } }: { me: OwnProfile }) {
  const heading = useRef<HTMLHeadingElement>(null)
  const shown = useRef(username)

  useEffect(() => {
    const hasChanged = shown.current !== username
    shown.current = username
    // The button that did it may be gone, and the focus with it.
    if (hasChanged && document.activeElement === document.body) heading.current?.focus()
  }, [username])

  return (
    <section aria-labelledby="username-heading">
      <h2 id="username-heading" ref={heading} tabIndex={-1}>
        Username
      </h2>
      {username === null ? (
        <p>You have none. Claim one, and your profile can be found under it.</p>
      ) : (
        <p>
          You are <Link href={`/@${username}`}>@{username}</Link>.
        </p>
      )}
      <div className="beside">
        <div className="stack">
          <ClaimForm
            label={username === null ? 'Hello, my username is' : 'Hello, my new username is'}
            action={username === null ? 'Claim' : 'Rename'}
          />
          {username !== null && <ReleaseName username={username} holdDays={holdDays} />}
        </div>
        <HeldNames onTakeBack={() => heading.current?.focus()} />
      </div>
    </section>
  )
}
