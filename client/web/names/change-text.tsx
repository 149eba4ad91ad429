import type { ReactNode } from 'react'
import type { OwnHistory } from '../../../shared/history.ts'

export type OwnChange = OwnHistory['changes'][number]

/** What happened, in words; null for the half of a rename that its other half tells. */
export function changeText({
  cause,
  username,
  counterpart,
  status,
  at,
  heldUntil,
  theirs,
}: OwnChange): ReactNode {
  const name = <b>@{username}</b>
  const other = <b>@{counterpart}</b>
  switch (cause) {
    case 'recorded':
    case 'seeded':
      return status === 'held' ? (
        <>{name} was held for you when this history began</>
      ) : (
        <>{name} was yours when this history began</>
      )
    case 'claimed':
      return <>Claimed {name}</>
    case 'renamed':
      if (status !== 'current') return null
      return (
        <>
          Renamed from {other} to {name}
        </>
      )
    case 'respelled':
      return <>Changed the capitals to {name}</>
    case 'released':
      return <>Gave up {name}</>
    case 'deleted':
      return <>Gave up {name} with the account</>
    case 'reserved':
      return <>{name} was reserved by an administrator</>
    case 'freed':
      return heldUntil !== null && heldUntil > at ? (
        <>{name} was given up for you by an administrator, and held for you</>
      ) : (
        <>{name} was taken from you by an administrator</>
      )
    case 'transferred':
      if (!theirs) return <>{name} was taken from you by an administrator, and given to somebody else</>
      return counterpart === null ? (
        <>{name} was given to you by an administrator</>
      ) : (
        <>
          Renamed from {other} to {name} by an administrator
        </>
      )
  }
}
