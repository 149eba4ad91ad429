import type { Username } from '../../../../shared/username.ts'
import { resemblesOf } from './reads.ts'
import { standingOf } from './standing.ts'
import { keyOf, nameOf, type Person, personOf, place, type State, withName, withPerson } from './state.ts'
import {
  currentOf,
  done,
  endOfHold,
  giveUp,
  heldUntil,
  instant,
  once,
  refusalFor,
  refused,
  type Span,
  type Told,
  type Turn,
} from './turn.ts'

interface Claim {
  readonly username: Username
  readonly idempotencyKey?: string | undefined
}

/** A person claims a name, or is renamed to it. */
export function claim(
  state: State,
  by: string,
  { username, idempotencyKey }: Claim,
  said: Told,
  moment?: Span,
): Turn {
  return once(state, by, idempotencyKey, `claim ${username}`, said, () => {
    const standing = standingOf(state, username, by)
    const refusal = refusalFor(standing, {
      until: standing === 'held' ? heldUntil(state, username) : undefined,
      resembles: standing === 'too-similar' ? resemblesOf(state, username, by, said) : undefined,
    })
    if (refusal) return refusal
    const before = nameOf(state, username)
    if (standing === 'yours' && before?.held === null) {
      const claimedAt = before.claimedAt ?? instant(said.claimedAt)
      return done({ claimedAt: before.claimedAt ?? undefined, previous: null, previousHeldUntil: null }, () =>
        withName(state, username, { ...before, display: username, claimedAt }),
      )
    }
    const someone = personOf(state, by)
    const renames = renamesAfter(state, someone, standing === 'yours')
    if (renames === 'too-often') return refused('CHANGED_TOO_OFTEN')
    const previous = currentOf(state, by)
    const untold = previous === null ? null : undefined
    const after = () => {
      const free = giveUp(state, by, said.previousHeldUntil)
      const claimedAt = instant(said.claimedAt)
      return withPerson(take(free, username, by, claimedAt), by, { current: keyOf(username), renames })
    }
    const within = moment && {
      claimedAt: moment,
      ...(previous !== null && { previousHeldUntil: endOfHold(state, moment) }),
    }
    return done({ claimedAt: undefined, previous, previousHeldUntil: untold }, after, within)
  })
}

/** Whether somebody would take a name just when it was told to have been taken before, within a millisecond. */
export function isTakenAgainAtOnce(
  state: State,
  by: string,
  { username, idempotencyKey }: Claim,
  said: Told,
) {
  const name = nameOf(state, username)
  if (name === undefined || name.claimedAt === null || name.claimedAt !== said.claimedAt) return false
  if (name.owner === by && name.held === null) return false
  return idempotencyKey === undefined || state.kept.get(place.kept(by, idempotencyKey)) === undefined
}

/** Makes a name somebody's, as far as it goes without whoever had it and what they have. */
export function take(state: State, display: Username, owner: string, claimedAt: string | null): State {
  return withName(state, display, { display, owner, claimedAt, held: null, reserved: null, guards: false })
}

/** A person's renames with one more. Their first name is none, and going back to their own is free. */
function renamesAfter(state: State, { renames }: Person, isOwn: boolean): Person['renames'] | 'too-often' {
  const { day, world } = state
  const limit = world.rules.renames
  if (renames === null || limit === null) return []
  if (isOwn) return renames
  const oldest = renames.at(-limit.most)
  if (oldest !== undefined && oldest + limit.days > day) return 'too-often'
  return [...renames.filter((one) => one + limit.days > day), day]
}

interface Release {
  readonly username?: Username | undefined
  readonly idempotencyKey?: string | undefined
}

/** A person gives up their name, if it is the one they mean; it is held for them. */
export function release(
  state: State,
  by: string,
  { username, idempotencyKey }: Release,
  said: Told,
  moment?: Span,
): Turn {
  const meant = username === undefined ? undefined : keyOf(username)
  return once(state, by, idempotencyKey, `release ${meant ?? ''}`, said, () => {
    const released = currentOf(state, by)
    if (released === null || (meant !== undefined && keyOf(released) !== meant)) return refused('NO_USERNAME')
    const within = moment && { heldUntil: endOfHold(state, moment) }
    return done({ released, heldUntil: undefined }, () => giveUp(state, by, said.heldUntil), within)
  })
}
