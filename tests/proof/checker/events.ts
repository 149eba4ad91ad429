import type { Operation } from './model.ts'

/** A moment at which an operation, by its number, was called, had returned, or could happen no more. */
export interface Event {
  readonly at: number
  readonly kind: 'call' | 'return' | 'settled'
  readonly id: number
}

const rank = { call: 0, return: 1, settled: 2 } as const

/**
 * The moments of a history in order. At one and the same time calls come first: operations that
 * touch count as overlapping, since the clock can't tell which was earlier.
 */
export function eventsOf(operations: readonly Operation<unknown, unknown>[]): Event[] {
  const events: Event[] = []
  for (const [id, operation] of operations.entries()) {
    events.push({ at: operation.call, kind: 'call', id })
    if (operation.return !== null) events.push({ at: operation.return, kind: 'return', id })
    else if (operation.settledBy !== undefined) {
      events.push({ at: Math.max(operation.call, operation.settledBy), kind: 'settled', id })
    }
  }
  return events.sort((a, b) => a.at - b.at || rank[a.kind] - rank[b.kind])
}
