import { type Event, eventsOf } from './events.ts'
import { firstFrom } from './first-from.ts'
import type { Model, Operation, Projection } from './model.ts'

/** An answer that nothing explains, whatever is at all other places. */
export interface Impossible {
  readonly place: string
  /** The operation that was answered so, by its number. */
  readonly id: number
  /** The operations that could have mattered, by their numbers. */
  readonly about: readonly number[]
}

/**
 * The first answer that can't be given by what is at one place, if there is any: each place is
 * followed by itself from the beginning, with all that can be there if what is under way is done in
 * any order and any number of times. Of most violations that shows at once, where a search would
 * have to try everything else in vain; where it shows nothing, the history may be a violation still.
 *
 * Takes some steps an operation and place as long as few calls last for long; it never tries anything twice.
 *
 * @param only the place to be followed; all by default
 */
export function impossibleAnswer<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  start: State,
  only?: string,
): Impossible | undefined {
  const projection = model.detail?.projection
  if (projection === undefined) return undefined
  const events = eventsOf(operations)
  const history = intervalsOf(model, operations, events)
  let first: Followed | undefined
  for (const place of only === undefined ? history.places : [only]) {
    const value = projection.valueAt(start, place)
    if (value === undefined) continue
    const found = follow(place, value, projection, operations, history, first?.at ?? events.length)
    if (found !== undefined) first = found
  }
  return first && { id: first.id, place: first.place, about: history.naming(first.sources) }
}

/** Where a place could be followed no farther. */
interface Followed {
  readonly id: number
  readonly place: string
  readonly at: number
  /** The places of which an operation names one that could have mattered. */
  readonly sources: ReadonlySet<string>
}

/** Which operations are about which places, and from when to when; a time is the number of an event. */
interface Intervals {
  readonly places: Iterable<string>
  /** The events of the operations that name a place, in order. */
  eventsAt(place: string): readonly TimedEvent[]
  /** The operations that name a place and were under way at some time from one to another. */
  underWay(place: string, from: number, to: number): number[]
  /** Whether one that names everything was. */
  isAnythingUnderWay(from: number, to: number): boolean
  /** The operations that name one of some places, in the order of their numbers. */
  naming(places: ReadonlySet<string>): number[]
  callOf(id: number): number
}

interface TimedEvent extends Event {
  /** The number of the event. */
  readonly at: number
}

function intervalsOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  events: readonly Event[],
): Intervals {
  const calls = new Float64Array(operations.length)
  const ends = new Float64Array(operations.length).fill(Number.POSITIVE_INFINITY)
  const eventsAt = new Map<string, TimedEvent[]>()
  const wide: number[] = []
  // As a rule those that end are short, so that little of a list in the order of calls has to be looked at.
  const brief = new Map<string, { readonly ids: number[]; longest: number }>()
  const endless = new Map<string, number[]>()
  const touched = operations.map(({ input, output }) => model.touches?.(input, output) ?? 'everything')
  for (const [at, { kind, id }] of events.entries()) (kind === 'call' ? calls : ends)[id] = at
  for (const [at, event] of events.entries()) {
    const named = touched[event.id] ?? 'everything'
    if (named === 'everything') {
      if (event.kind === 'call') wide.push(event.id)
      continue
    }
    for (const place of new Set(named)) {
      entered(eventsAt, place, []).push({ ...event, at })
      if (event.kind !== 'call') continue
      const length = (ends[event.id] ?? 0) - at
      if (length === Number.POSITIVE_INFINITY) entered(endless, place, []).push(event.id)
      else {
        const here = entered(brief, place, { ids: [], longest: 0 })
        here.ids.push(event.id)
        here.longest = Math.max(here.longest, length)
      }
    }
  }
  const callOf = (id: number) => calls[id] ?? 0
  const overlaps = (id: number, from: number, to: number) => callOf(id) <= to && (ends[id] ?? 0) > from
  return {
    places: eventsAt.keys(),
    eventsAt: (place) => eventsAt.get(place) ?? [],
    callOf,
    naming(places) {
      return [...touched.keys()].filter((id) => {
        const named = touched[id] ?? 'everything'
        return named === 'everything' || named.some((one) => places.has(one))
      })
    },
    isAnythingUnderWay: (from, to) => wide.some((id) => overlaps(id, from, to)),
    underWay(place, from, to) {
      const found = (endless.get(place) ?? []).filter((id) => overlaps(id, from, to))
      const { ids, longest } = brief.get(place) ?? { ids: [], longest: 0 }
      for (let at = firstFrom(ids, callOf, from - longest); at < ids.length; at++) {
        const id = ids[at] ?? 0
        if (callOf(id) > to) break
        if (overlaps(id, from, to)) found.push(id)
      }
      return found
    },
  }
}

/** Follows one place up to an event; nothing where all answers about it can be explained. */
function follow<State, Input, Output>(
  place: string,
  start: string,
  { changedFrom, after }: Projection<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  history: Intervals,
  until: number,
): Followed | undefined {
  const sources = new Set<string>()
  let values: ReadonlySet<string> = new Set([start])
  let last = 0
  /** Of those that are answered later, all that was there since they were called. */
  const seen = new Map<number, Set<string>>()

  for (const { kind, id, at } of history.eventsAt(place)) {
    if (at >= until || history.isAnythingUnderWay(last, at)) return undefined
    const reached = closure(values, last, at)
    if (reached === undefined) return undefined
    values = reached
    for (const all of seen.values()) for (const value of values) all.add(value)
    last = at
    if (kind === 'call') {
      if (operations[id]?.return !== null) seen.set(id, new Set(values))
      continue
    }
    const before = seen.get(id)
    if (before === undefined) continue
    seen.delete(id)
    const left = afterAny(id, before)
    const now = left && closure(left, history.callOf(id), at)
    if (now === undefined) return undefined
    values = new Set([...values].filter((value) => now.has(value)))
    if (values.size === 0) return { id, place, at, sources }
  }
  return undefined

  /** What is left by an operation at one of these values; undefined for anything. */
  function afterAny(id: number, before: ReadonlySet<string>): Set<string> | undefined {
    const operation = operations[id]
    const left = new Set<string>()
    for (const value of before) {
      const results = operation && after(operation.input, operation.output, place, value)
      if (results === undefined) return undefined
      for (const result of results) left.add(result)
    }
    return left
  }

  /** All that can come of these values by what is under way meanwhile; undefined for anything. */
  function closure(from: ReadonlySet<string>, since: number, to: number): Set<string> | undefined {
    const all = new Set(from)
    // A Set goes on with what is added while it is walked through.
    for (const value of all) {
      for (const source of changedFrom(place, value)) {
        sources.add(source)
        for (const id of history.underWay(source, since, to)) {
          const results = afterAny(id, new Set([value]))
          if (results === undefined) return undefined
          for (const result of results) all.add(result)
        }
      }
    }
    return all
  }
}

function entered<Value>(to: Map<string, Value>, key: string, fresh: Value): Value {
  const here = to.get(key) ?? fresh
  to.set(key, here)
  return here
}
