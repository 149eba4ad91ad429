import type { Model, Operation } from './model.ts'

/**
 * Parts a history into histories that have nothing to do with one another: the connected
 * components of the places that operations touch. Linearizability is local (Herlihy and Wing,
 * 1990): the whole is linearizable if each part is.
 *
 * An operation that touches everything is in every part, and takes effect in each at a moment of
 * its own. That lets pass what no single moment would explain; it never raises a false alarm.
 *
 * @param start the state in which the history begins, whose links connect places too
 */
export function partition<State, Input, Output>(
  { touches, links }: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  start?: State,
): Operation<Input, Output>[][] {
  if (operations.length === 0) return []
  if (touches === undefined) return [[...operations]]
  const touched = operations.map(({ input, output }) => touches(input, output))
  const sets = disjointSets()
  const places = new Set<string>()
  for (const named of touched) {
    if (named === 'everything') continue
    for (const place of named) {
      sets.join(named[0] ?? place, place)
      places.add(place)
    }
  }
  if (start !== undefined && links !== undefined) {
    // A Set goes on with what is added while it is walked through.
    for (const place of places) {
      for (const linked of links(start, place)) {
        sets.join(place, linked)
        places.add(linked)
      }
    }
  }

  const roots = touched.map((named) => (named === 'everything' ? named : sets.rootOf(named[0] ?? '')))
  const parts = new Map<string, Operation<Input, Output>[]>()
  for (const root of roots) if (root !== 'everything') parts.set(root, [])
  if (parts.size === 0) return [[...operations]]
  for (const [id, operation] of operations.entries()) {
    const root = roots[id] ?? 'everything'
    if (root === 'everything') for (const part of parts.values()) part.push(operation)
    else parts.get(root)?.push(operation)
  }
  return [...parts.values()]
}

/** Sets that are joined where two of their members belong together (union-find with path halving). */
function disjointSets() {
  const parents = new Map<string, string>()

  function rootOf(member: string): string {
    let at = member
    for (;;) {
      const parent = parents.get(at) ?? at
      if (parent === at) return at
      const grandparent = parents.get(parent) ?? parent
      parents.set(at, grandparent)
      at = grandparent
    }
  }

  return {
    rootOf,
    join(one: string, other: string) {
      parents.set(rootOf(one), rootOf(other))
    },
  }
}
