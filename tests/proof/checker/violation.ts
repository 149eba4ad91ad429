import type { Operation } from './model.ts'
import type { Impossible } from './place-by-place.ts'
import type { DeadEnd } from './search.ts'

/** Why a history is not linearizable. */
export interface Violation<State, Input, Output> {
  /** The part of the history that it is about. */
  readonly part: readonly Operation<Input, Output>[]
  /** The operation whose answer nothing explains, or whose return no order gets past. */
  readonly stuck: Operation<Input, Output>
  /**
   * A place at which it shows by itself, if there is one. Then it is certain, `start` is the
   * beginning, and `operations` are all that could have mattered.
   *
   * Else they are where to look first: a state that the search came through once, and the
   * operations that had not taken effect by then and were called before `stuck` returned. Of other
   * places than those that are to blame, other orders may come to other states: that the history
   * is a violation is what the whole search showed, not this part of it.
   */
  readonly place: string | undefined
  readonly start: State
  readonly operations: readonly Operation<Input, Output>[]
}

/** A violation that shows at one place by itself. */
export function impossibleIn<State, Input, Output>(
  part: readonly Operation<Input, Output>[],
  { id, place, about }: Impossible,
  start: State,
): Violation<State, Input, Output> {
  const stuck = part[id]
  if (stuck === undefined) throw new RangeError('The answer is of another history')
  const end = stuck.return ?? Number.POSITIVE_INFINITY
  const operations = about.flatMap((one) => part[one] ?? []).filter(({ call }) => call <= end)
  return { part, stuck, place, start, operations }
}

/** A violation that a search found. */
export function violationOf<State, Input, Output>(
  part: readonly Operation<Input, Output>[],
  { events, event, order, certain }: DeadEnd<State>,
): Violation<State, Input, Output> {
  const isOver = new Set(order.slice(0, certain.took))
  for (const { kind, id } of events.slice(0, certain.event)) if (kind !== 'call') isOver.add(id)
  const called = new Set(events.slice(0, event).flatMap(({ kind, id }) => (kind === 'call' ? id : [])))
  const stuck = part[events[event]?.id ?? -1]
  if (stuck === undefined) throw new RangeError('The dead end is of another history')
  return {
    part,
    stuck,
    place: undefined,
    start: certain.state,
    operations: part.filter((_, id) => called.has(id) && !isOver.has(id)),
  }
}
