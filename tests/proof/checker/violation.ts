import type { Operation } from './model.ts'
import type { DeadEnd } from './search.ts'

/** Why a history is not linearizable. */
export interface Violation<State, Input, Output> {
  /** The part of the history that it is about. */
  readonly part: readonly Operation<Input, Output>[]
  /** The operation whose return no order gets past. */
  readonly stuck: Operation<Input, Output>
  /** One of the orders that get as far, and the state that it leaves. */
  readonly order: readonly Operation<Input, Output>[]
  readonly state: State
  /**
   * What is enough to see it: a state that every order of the part comes through, and the
   * operations that had not taken effect by then and were called before `stuck` returned. Those
   * are a violation by themselves from that state on, so the whole is one.
   */
  readonly start: State
  readonly before: readonly Operation<Input, Output>[]
  readonly operations: readonly Operation<Input, Output>[]
}

export function violationOf<State, Input, Output>(
  part: readonly Operation<Input, Output>[],
  { events, event, state, order, certain }: DeadEnd<State>,
): Violation<State, Input, Output> {
  const named = (ids: readonly number[]) => ids.flatMap((id) => part[id] ?? [])
  const before = order.slice(0, certain.took)
  const isOver = new Set(before)
  for (const { kind, id } of events.slice(0, certain.event)) if (kind !== 'call') isOver.add(id)
  const called = new Set(events.slice(0, event).flatMap(({ kind, id }) => (kind === 'call' ? id : [])))
  const [stuck] = named([events[event]?.id ?? -1])
  if (stuck === undefined) throw new RangeError('The dead end is of another history')
  return {
    part,
    stuck,
    order: named(order),
    state,
    start: certain.state,
    before: named(before),
    operations: part.filter((_, id) => called.has(id) && !isOver.has(id)),
  }
}
