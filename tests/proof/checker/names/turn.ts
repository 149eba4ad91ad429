import type { UsernameStatus } from '../../../../shared/schemas.ts'
import type { Call, Outcome } from '../../history.ts'
import {
  type Answer,
  type Hold,
  keyOf,
  nameOf,
  personOf,
  place,
  type State,
  withFacts,
  withName,
  withPerson,
} from './state.ts'

/** What the rules answer to a call, and what is so afterwards; nothing changes where that is left out. */
export interface Turn {
  readonly outcome: Expected
  readonly after?: () => State
}

/** An outcome as the rules have it. */
export interface Expected {
  readonly kind: string
  /** What was asked for, or what is told about a refusal. */
  readonly answer: Answer
  /** When those instants are, as far as that is known, that nobody was told before. */
  readonly within?: Within | undefined
}

/** From when to when, in milliseconds since 1970. */
export type Span = readonly [from: number, to: number]
type Within = Readonly<Record<string, Span>>

/** What was answered, by field, or nothing where nobody knows; the rules take instants from it. */
export type Told = Readonly<Record<string, unknown>>

export function told(outcome: Outcome | undefined): Told {
  if (outcome === undefined) return {}
  if (outcome.kind === 'OK') return outcome.answer
  return ('payload' in outcome && outcome.payload) || {}
}

/** An instant that was told, or null. */
export function instant(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

/** Whether an outcome is one that the rules answer; unknown instants are any of when they can be. */
export function agrees({ kind, answer, within }: Expected, outcome: Outcome): boolean {
  if (kind !== outcome.kind) return false
  const said = told(outcome)
  const isTold = Object.entries(answer).every(
    ([field, value]) => value === undefined || value === (said[field] ?? null),
  )
  if (!isTold || within === undefined) return isTold
  return Object.entries(within).every(([field, span]) => isWithin(said[field], span))
}

function isWithin(told: unknown, [from, to]: Span): boolean {
  const at = Date.parse(String(told))
  return from <= at && at <= to
}

export function done(answer: Answer, after?: () => State, within?: Within): Turn {
  return { outcome: { kind: 'OK', answer, within }, ...(after && { after }) }
}

/** By so much the clocks of people and of the database may differ. */
const toleranceMs = 1000

/** When a call took effect, by the wall clock; nothing where that is not known, or a clock was moved. */
export function momentOf({ era }: State, { calledAt, call, return: answered }: Call): Span | undefined {
  if (calledAt === undefined || answered === null || era > 0) return undefined
  return [calledAt - toleranceMs, calledAt + (answered - call) / 1e6 + toleranceMs]
}

/** When a hold ends that begins then. */
export function endOfHold({ world }: State, [from, to]: Span): Span {
  const lastsMs = world.rules.holdDays * 86_400_000
  return [from + lastsMs, to + lastsMs]
}

export function refused(kind: string, answer: Answer = {}): Turn {
  return { outcome: { kind, answer } }
}

const kinds: Partial<Record<UsernameStatus, string>> = {
  taken: 'USERNAME_TAKEN',
  reserved: 'USERNAME_RESERVED',
  held: 'USERNAME_HELD',
  'too-similar': 'USERNAME_TOO_SIMILAR',
}

/** Why a name can't be had; nothing where it can. */
export function refusalFor(status: UsernameStatus, answer: Answer): Turn | undefined {
  const kind = kinds[status]
  return kind === undefined ? undefined : refused(kind, answer)
}

/** Until when a name is held, if that is known. */
export function heldUntil(state: State, username: string): string | undefined {
  const held = nameOf(state, username)?.held
  return held?.era === state.era ? (held.until ?? undefined) : undefined
}

/** Holds a person's current name for them, if they have one. */
export function giveUp(state: State, person: string, until: unknown): State {
  const someone = personOf(state, person)
  const { current } = someone
  const name = current === null ? undefined : nameOf(state, current)
  if (current === null || name === undefined) return state
  const { day, era, world } = state
  const held: Hold = { day: day + world.rules.holdDays, until: instant(until), era }
  return withPerson(withName(state, current, { ...name, held }), person, { ...someone, current: null })
}

/** How a person's current name is displayed; null if they have none. */
export function currentOf(state: State, person: string): string | null {
  const { current } = personOf(state, person)
  return current === null ? null : (nameOf(state, current)?.display ?? null)
}

/** Does something once for an idempotency key: what was done with it is answered again, for a day. */
export function once(
  state: State,
  person: string,
  idempotencyKey: string | undefined,
  asked: string,
  said: Told,
  act: () => Turn,
): Turn {
  if (idempotencyKey === undefined) return act()
  const at = place.kept(person, idempotencyKey)
  const kept = state.kept.get(at)
  if (kept !== undefined && kept.day + 1 > state.day) {
    if (kept.asked !== asked) return refused('IDEMPOTENCY_KEY_REUSED')
    const answer = filled(kept.answer, said)
    return done(kept.answer, () => withFacts(state, { kept: state.kept.with(at, { ...kept, answer }) }))
  }
  const turn = act()
  if (turn.outcome.kind !== 'OK') return turn
  const answer = filled(turn.outcome.answer, said)
  const after = () => {
    const next = turn.after?.() ?? state
    return withFacts(next, { kept: next.kept.with(at, { asked, day: state.day, answer }) })
  }
  return done(turn.outcome.answer, after, turn.outcome.within)
}

/** An answer with what was not known of it as it was told. */
function filled(answer: Answer, said: Told): Answer {
  return Object.fromEntries(
    Object.entries(answer).map(([field, value]) => [
      field,
      value ?? (value === null ? null : (instant(said[field]) ?? undefined)),
    ]),
  )
}

/** What is known of a person's name that is no longer their current one, without changing whose it is. */
export function leave(state: State, person: string | null, username: string): State {
  if (person === null) return state
  const someone = personOf(state, person)
  return someone.current === keyOf(username)
    ? withPerson(state, person, { ...someone, current: null })
    : state
}
