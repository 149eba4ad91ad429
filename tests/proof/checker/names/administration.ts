import type { Username } from '../../../../shared/username.ts'
import { take } from './claim.ts'
import { rivalsOf, statusOf } from './standing.ts'
import { keyOf, nameOf, personOf, type State, withName, withPerson } from './state.ts'
import {
  currentOf,
  done,
  endOfHold,
  giveUp,
  heldUntil,
  instant,
  leave,
  refusalFor,
  refused,
  type Span,
  type Told,
  type Turn,
} from './turn.ts'

/** A name that is nobody's is reserved, for nobody or for one person. */
export function reserve(state: State, username: Username, only: string | undefined): Turn {
  const status = statusOf(state, username, null)
  const refusal = refusalFor(status, { until: status === 'held' ? heldUntil(state, username) : undefined })
  if (refusal && status !== 'reserved') return refusal
  return done({ reserved: username }, () =>
    withName(state, username, {
      display: username,
      owner: null,
      claimedAt: null,
      held: null,
      reserved: { for: only ?? null },
      guards: rivalsOf(state, username, null).length === 0,
    }),
  )
}

/**
 * Whatever stands in the way of claiming a name is given up; a current name is held first, or not. One that
 * came to be held while this was called may stay so.
 */
export function free(state: State, username: Username, atOnce: boolean, said: Told, moment?: Span): Turn {
  const name = nameOf(state, username)
  const was = statusOf(state, username, null)
  if (name === undefined || was === 'available') return refused('USERNAME_UNUSED')
  const answer = { released: name.display, was }
  if (name.owner !== null && was === 'taken' && !atOnce) {
    const { owner } = name
    const within = moment && { heldUntil: endOfHold(state, moment) }
    return done({ ...answer, heldUntil: undefined }, () => giveUp(state, owner, said.heldUntil), within)
  }
  if (was === 'held' && !atOnce && instant(said.heldUntil) !== null) {
    const within = moment && { heldUntil: endOfHold(state, moment) }
    return done({ ...answer, heldUntil: heldUntil(state, username) }, undefined, within)
  }
  return done({ ...answer, heldUntil: null }, () =>
    withName(leave(state, name.owner, username), username, undefined),
  )
}

/** A name that is somebody's, held or reserved becomes a person's current one. */
export function transfer(state: State, username: Username, to: string): Turn {
  const name = nameOf(state, username)
  if (name === undefined || statusOf(state, username, null) === 'available') return refused('USERNAME_UNUSED')
  const { display, owner } = name
  if (personOf(state, to).current === keyOf(username)) {
    return done({ transferred: display, from: owner, previous: null })
  }
  if (rivalsOf(state, display, to).length > 0) return refused('USERNAME_TOO_SIMILAR')
  const left = leave(state, owner, username)
  return done({ transferred: display, from: owner, previous: currentOf(left, to) }, () => {
    const taken = take(giveUp(left, to, undefined), display, to, null)
    const { renames } = personOf(taken, to)
    return withPerson(taken, to, { current: keyOf(username), renames: renames ?? [] })
  })
}
