import type { Model, Operation } from './model.ts'

/** The operations that were called and have not taken effect yet, found by the places they touch. */
export interface UnderWay<State> {
  add(id: number): void
  delete(id: number): void
  has(id: number): boolean
  /** The reads, which no state has answered so far; few at any time, since most are at once. */
  unanswered(): number[]
  /** Those that can have to do with an operation, also through one another. */
  around(state: State, id: number): number[]
  /** Those that name one of these places, or everything. */
  at(places: Iterable<string>): number[]
}

/** Nothing under way at first. */
export function underWay<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  isRead: (id: number) => boolean,
): UnderWay<State> {
  const all = new Set<number>()
  const reads = new Set<number>()
  const everywhere = new Set<number>()
  const places = new Map<string, Set<number>>()
  const touched = operations.map(
    ({ input, output }) => model.touches?.(input, output) ?? ('everything' as const),
  )
  const placesOf = (id: number) => touched[id] ?? 'everything'

  function add(id: number): void {
    all.add(id)
    if (isRead(id)) reads.add(id)
    const named = placesOf(id)
    if (named === 'everything') everywhere.add(id)
    else {
      for (const place of named) {
        const here = places.get(place)
        if (here) here.add(id)
        else places.set(place, new Set([id]))
      }
    }
  }

  function remove(id: number): void {
    all.delete(id)
    reads.delete(id)
    const named = placesOf(id)
    if (named === 'everything') everywhere.delete(id)
    else for (const place of named) places.get(place)?.delete(id)
  }

  /** Walks from an operation's places over links and over operations that share one. */
  function around(state: State, id: number): number[] {
    const from = placesOf(id)
    if (from === 'everything' || everywhere.size > 0) return [...all]
    const found = new Set<number>()
    const visited = new Set<string>(from)
    // A Set goes on with what is added while it is walked through.
    for (const place of visited) {
      for (const linked of model.links?.(state, place) ?? []) visited.add(linked)
      for (const one of places.get(place) ?? []) {
        if (found.has(one)) continue
        found.add(one)
        const named = placesOf(one)
        if (named !== 'everything') for (const further of named) visited.add(further)
      }
    }
    return [...found]
  }

  return {
    add,
    delete: remove,
    has: (id) => all.has(id),
    unanswered: () => [...reads],
    around,
    at(named) {
      const found = new Set(everywhere)
      for (const place of named) for (const one of places.get(place) ?? []) found.add(one)
      return [...found]
    },
  }
}
