import type { NameRules } from '../../../../server/domain/name-rules.ts'
import type { Username } from '../../../../shared/username.ts'
import type { Facts } from './facts.ts'

/** A name that is somebody's, held for them, or reserved. */
export interface Name {
  readonly display: Username
  readonly owner: string | null
  /** As it was told; null where nobody was. */
  readonly claimedAt: string | null
  /** Until when it is held for its owner; null for a current name. */
  readonly held: Hold | null
  /** That only one person may claim it, or nobody. */
  readonly reserved: { readonly for: string | null } | null
  /** A reserved name keeps others off its looks, unless somebody had them first. */
  readonly guards: boolean
}

export interface Hold {
  readonly day: number
  /** As it was told; null where nobody was, or where the clock was moved since. */
  readonly until: string | null
  /** How often the clock had been moved. */
  readonly era: number
}

export interface Person {
  /** The key of their current name. */
  readonly current: string | null
  /** The days of their renames, as far back as the limit looks; null before their first name. */
  readonly renames: readonly number[] | null
}

/** What was answered with an idempotency key. */
export interface Kept {
  readonly asked: string
  readonly day: number
  readonly answer: Answer
}

/** Of an answer what is judged: null for what must not be there, undefined for what is not known. */
export type Answer = Readonly<Record<string, string | null | undefined>>

/**
 * What a component of names and people is like at a moment.
 *
 * Time is counted in whole days, and moves only by the history's own entries of the clock. A run
 * that takes less than a day is one moment of that clock: nothing that lasts for days ends in it.
 */
export interface State {
  readonly world: World
  readonly names: Facts<Name>
  readonly people: Facts<Person>
  readonly kept: Facts<Kept>
  readonly day: number
  /** How often the clock was moved. */
  readonly era: number
  /** Whether a hold of no days lasts yet: it does for less than a millisecond, and may be met then. */
  readonly zeroHoldsLast: boolean
}

/** What stays as it is. */
export interface World {
  readonly rules: NameRules
  /** The keys of names that can look so, by look. */
  readonly lookAlikes: ReadonlyMap<string, readonly string[]>
  /** The keys of names that can have been somebody's, by person. */
  readonly namesOf: ReadonlyMap<string, readonly string[]>
}

export const keyOf = (username: string) => username.toLowerCase()

/** Where something is known, and what operations touch. */
export const place = {
  name: (username: string) => `name ${keyOf(username)}`,
  look: (look: string) => `look ${look}`,
  person: (person: string) => `person ${person}`,
  /** JSON, since both may hold any character. */
  kept: (person: string, idempotencyKey: string) => `kept ${JSON.stringify([person, idempotencyKey])}`,
}

export function nameOf(state: State, username: string): Name | undefined {
  return state.names.get(place.name(username))
}

export function personOf(state: State, person: string): Person {
  return state.people.get(place.person(person)) ?? { current: null, renames: null }
}

export function withName(state: State, username: string, name: Name | undefined): State {
  return withFacts(state, { names: state.names.with(place.name(username), name) })
}

export function withPerson(state: State, person: string, be: Person): State {
  return withFacts(state, { people: state.people.with(place.person(person), be) })
}

/** The very same state where nothing changes. */
export function withFacts(state: State, facts: Partial<Pick<State, 'names' | 'people' | 'kept'>>): State {
  const { names, people, kept } = { ...state, ...facts }
  if (names === state.names && people === state.people && kept === state.kept) return state
  return { ...state, names, people, kept }
}
