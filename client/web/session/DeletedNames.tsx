import type { OwnProfile } from '../../../shared/schemas.ts'
import { holdEnd } from '../claim/hold-end.ts'
import { Time } from '../ui/Time.tsx'

/** What becomes of somebody's names when their account is deleted. */
export function DeletedNames({ username, holdDays }: Pick<OwnProfile, 'username' | 'holdDays'>) {
  const until = holdEnd(holdDays)
  if (until === null) {
    return username === null ? null : (
      <p>
        Anybody can claim <b>@{username}</b> at once.
      </p>
    )
  }
  return (
    <p>
      {username !== null && (
        <>
          <b>@{username}</b> is held until <Time at={until} />, so that nobody takes your place at once.{' '}
        </>
      )}
      Names that are held for you already stay so until their time is up. After that, anybody can claim them.
    </p>
  )
}
