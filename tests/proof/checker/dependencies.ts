import type { Model, Operation } from './model.ts'
import type { UnderWay } from './under-way.ts'

/** Places that something depends on; everything where that can't be told. */
export type Focus = Set<string> | 'everything'

/** What depends on what, by places where a model tells of them, or else everything on everything. */
export interface Dependencies<State> {
  /** Nothing, as far as can be told. */
  nothing(): Focus
  /** What decides whether an operation can be answered as it was. */
  looksAt(state: State, id: number): Focus
  /** Whether two states differ there. */
  differ(focus: Focus, one: State, other: State): boolean
  /** What an operation names that may change something there, in a state. */
  sources(focus: Focus, state: State): Focus
  /** Equal texts where what is there is equal, for one and the same focus. */
  valuesAt(focus: Focus, state: State): string
  /** The operations under way that may change something there, or that have to do with `id`. */
  changing(focus: Focus, waiting: UnderWay<State>, state: State, id: number): number[]
  /** Those of some operations that may change something there. */
  among(ids: Iterable<number>, focus: Focus, state: State): number[]
  /** Whether an operation changed something there, and what it left depends on nothing else. */
  isPlain(focus: Focus, before: State, after: State, id: number): boolean
}

export function sizeOf(focus: Focus): number {
  return focus === 'everything' ? Number.POSITIVE_INFINITY : focus.size
}

/** Both together; the first may be added to. */
export function joined(one: Focus, other: Focus): Focus {
  if (one === 'everything' || other === 'everything') return 'everything'
  for (const place of other) one.add(place)
  return one
}

export function haveCommon(one: Focus, other: Focus): boolean {
  if (one === 'everything' || other === 'everything') return true
  for (const place of one) if (other.has(place)) return true
  return false
}

export function dependenciesOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): Dependencies<State> {
  const { detail } = model
  const touched = operations.map(
    ({ input, output }) => model.touches?.(input, output) ?? ('everything' as const),
  )
  const numbers = new Map<unknown, number>()
  function numberOf(state: State): number {
    const key = model.key(state)
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  }

  function sourcesOf(focus: Set<string>, state: State): Set<string> {
    const sources = new Set<string>()
    for (const place of focus) for (const one of detail?.changedFrom(state, place) ?? []) sources.add(one)
    return sources
  }

  return {
    nothing: () => (detail ? new Set() : 'everything'),
    looksAt(state, id) {
      const operation = operations[id]
      if (detail === undefined || operation === undefined) return 'everything'
      return new Set(detail.looksAt(state, operation.input, operation.output))
    },
    differ(focus, one, other) {
      if (one === other) return false
      if (detail === undefined || focus === 'everything') return model.key(one) !== model.key(other)
      for (const place of focus) {
        if (detail.valueAt(one, place) !== detail.valueAt(other, place)) return true
      }
      return false
    },
    sources: (focus, state) => (focus === 'everything' ? focus : sourcesOf(focus, state)),
    valuesAt(focus, state) {
      if (detail === undefined || focus === 'everything') return String(numberOf(state))
      return JSON.stringify(Array.from(focus, (place) => detail.valueAt(state, place)))
    },
    changing(focus, waiting, state, id) {
      return focus === 'everything' ? waiting.around(state, id) : waiting.at(sourcesOf(focus, state))
    },
    among(ids, focus, state) {
      if (focus === 'everything') return [...ids]
      const sources = sourcesOf(focus, state)
      return Array.from(ids).filter((id) => {
        const places = touched[id] ?? 'everything'
        return places === 'everything' || places.some((place) => sources.has(place))
      })
    },
    isPlain(focus, before, after, id) {
      const operation = operations[id]
      if (detail === undefined || focus === 'everything' || operation === undefined) return false
      let isChanging = false
      for (const place of focus) {
        if (detail.valueAt(before, place) === detail.valueAt(after, place)) continue
        if (!detail.isPlain(operation.input, place)) return false
        isChanging = true
      }
      return isChanging
    },
  }
}
