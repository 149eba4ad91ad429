import { skeleton } from '../../../../shared/confusables.ts'
import type { UsernameStatus } from '../../../../shared/schemas.ts'
import type { Username } from '../../../../shared/username.ts'
import { keyOf, type Name, nameOf, type State } from './state.ts'

const looks = new Map<string, string>()

/** What a name looks like as it is displayed. */
export function lookOf(display: Username): string {
  const look = looks.get(display) ?? skeleton(display)
  looks.set(display, look)
  return look
}

/** A state in all ways that it can be met: a hold of no days may last yet, or not. */
export function viewsOf(state: State): readonly State[] {
  return state.world.rules.holdDays === 0 ? [state, { ...state, zeroHoldsLast: true }] : [state]
}

/** Whether the hold of a name is over; one that is not held is not. */
export function isOver(state: State, { held }: Name): boolean {
  if (held === null) return false
  const { day } = state
  return held.day < day || (held.day === day && !(state.world.rules.holdDays === 0 && state.zeroHoldsLast))
}

/** What a name is to a person, or to nobody in particular. */
export function statusOf(state: State, username: string, person: string | null): UsernameStatus {
  const name = nameOf(state, username)
  if (name === undefined) return 'available'
  if (name.owner !== null && name.owner === person) return 'yours'
  if (name.reserved !== null) {
    return person !== null && name.reserved.for === person ? 'available' : 'reserved'
  }
  if (name.owner === null || isOver(state, name)) return 'available'
  return name.held === null ? 'taken' : 'held'
}

/** What claiming a name would meet. */
export function standingOf(state: State, username: Username, person: string | null): UsernameStatus {
  const status = statusOf(state, username, person)
  const name = nameOf(state, username)
  if (status === 'yours' && name?.held === null && name.display === username) return status
  if (status !== 'available' && status !== 'yours') return status
  return rivalsOf(state, username, person).length > 0 ? 'too-similar' : status
}

/** Other names that look like one and keep a person off it: not theirs, nor anybody's. */
export function rivalsOf(state: State, username: Username, person: string | null): Name[] {
  if (state.world.rules.lookAlikes === 'allow') return []
  const look = lookOf(username)
  return (state.world.lookAlikes.get(look) ?? []).flatMap((key) => {
    const name = nameOf(state, key)
    if (name === undefined || key === keyOf(username) || lookOf(name.display) !== look) return []
    if (name.reserved !== null) return name.guards ? [name] : []
    const status = statusOf(state, key, person)
    return status === 'taken' || status === 'held' ? [name] : []
  })
}
