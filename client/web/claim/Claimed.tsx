import { Deadline } from '../ui/Time.tsx'

export interface ClaimedProps {
  readonly username: string
  readonly claimedAt: string
  readonly previous?: string | undefined
  readonly previousHeldUntil?: string | undefined
}

/** Says what a claim did, to the name that it replaced too. */
export function Claimed({ username, claimedAt, previous, previousHeldUntil }: ClaimedProps) {
  if (previous === undefined || previousHeldUntil === undefined) return `@${username} is yours.`
  return (
    <>
      You are @{username} now. @{previous}{' '}
      {previousHeldUntil <= claimedAt ? (
        'leads to you until somebody else claims it.'
      ) : (
        <>
          keeps leading to you, and is held for you until <Deadline at={previousHeldUntil} />.
        </>
      )}
    </>
  )
}
