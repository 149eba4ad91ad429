import { useMe } from '../session/session.ts'
import { Time } from '../ui/Time.tsx'
import { useClaim } from './claim-context.tsx'
import { holdEnd } from './hold-end.ts'
import { isSameName } from './same-name.ts'

/** Says what becomes of somebody's current name when they go by the typed one; nothing to others. */
export function FormerName({ typed, id }: { typed: string; id: string }) {
  const me = useMe().data
  const { replaced: username } = useClaim()
  if (!me || username === null) return null
  if (isSameName(typed, username)) {
    return (
      <p id={id} className="former-name">
        That is <b>@{username}</b>, at most in other capitals: every link to it stays as it is.
      </p>
    )
  }
  return (
    <p id={id} className="former-name">
      If you rename yourself, <b>@{username}</b> <Kept holdDays={me.holdDays} />
    </p>
  )
}

function Kept({ holdDays }: { holdDays: number }) {
  const until = holdEnd(holdDays)
  if (until === null) return 'is not held for you: it leads to you until somebody else claims it.'
  return (
    <>
      keeps leading to you, and is held for you until <Time at={until} />.
    </>
  )
}
