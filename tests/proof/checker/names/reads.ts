import type { Username } from '../../../../shared/username.ts'
import { rivalsOf, standingOf } from './standing.ts'
import { keyOf, nameOf, personOf, type State } from './state.ts'
import { done, heldUntil, instant, refused, type Told, type Turn } from './turn.ts'

/** What claiming a name would meet. */
export function checkUsername(state: State, by: string | null, username: Username, said: Told): Turn {
  const status = standingOf(state, username, by)
  return done({
    status,
    until: status === 'held' ? heldUntil(state, username) : null,
    resembles: status === 'too-similar' ? resemblesOf(state, username, by, said) : null,
  })
}

/** The current name that a name is said to resemble, if it is one of those it does; that may be left unsaid. */
export function resemblesOf(state: State, username: Username, by: string | null, said: Told): string | null {
  const claimed = instant(said.resembles)
  const rivals = rivalsOf(state, username, by).filter(({ owner, held }) => owner !== null && held === null)
  return rivals.find(({ display }) => display === claimed)?.display ?? null
}

/** A person's own name. */
export function me(state: State, by: string): Turn {
  const { current } = personOf(state, by)
  const name = current === null ? undefined : nameOf(state, current)
  if (name === undefined) return done({ username: null, claimedAt: null })
  return done({ username: name.display, claimedAt: name.claimedAt ?? undefined })
}

/** What is shown under a name: whose profile, or where they went; a hold that is over leads there yet. */
export function get(state: State, username: Username, said: Told): Turn {
  const owner = nameOf(state, username)?.owner ?? null
  const current = owner === null ? null : personOf(state, owner).current
  const name = current === null ? undefined : nameOf(state, current)
  if (owner === null || name === undefined) return refused('PROFILE_NOT_FOUND')
  if (current !== keyOf(username)) return done({ movedTo: name.display })
  const displayName = said.displayName === undefined ? undefined : owner
  return done({ movedTo: null, username: name.display, claimedAt: name.claimedAt ?? undefined, displayName })
}
