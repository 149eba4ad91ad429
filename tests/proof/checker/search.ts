import { type Event, eventsOf } from './events.ts'
import type { Model, Operation } from './model.ts'
import { ordersOf } from './orders.ts'
import { type Budget, beginningOf, type Mark, type Reached } from './position.ts'

/** How a search ended. Operations go by their numbers. */
export type Found<State> =
  /** An order of all that took effect, which explains everything that was answered. */
  | { readonly end: 'order'; readonly order: readonly number[] }
  | ({ readonly end: 'none' } & DeadEnd<State>)
  | { readonly end: 'undecided' }

/** An event that no order gets past, and one of the orders that get as far. */
export interface DeadEnd<State> {
  readonly events: readonly Event[]
  readonly event: number
  readonly state: State
  readonly order: readonly number[]
  /** The last choice that every order comes to: its event, its state, and how many took effect before it. */
  readonly certain: { readonly event: number; readonly state: State; readonly took: number }
}

/** Where an operation has returned that has yet to take effect. */
interface Choice<State> extends Mark<State> {
  readonly orders: Generator<Reached<State>, void, void>
  hasOrders: boolean
}

/**
 * Looks for an order in which a history's operations can have taken effect, each between its call
 * and its return, one after the other, so that all were answered as the model says.
 *
 * Wing and Gong's search with Lowe's two improvements (G. Lowe, "Testing for linearizability",
 * 2017): an operation is placed just in time, when it returns or when another one needs it; and
 * what failed once, the same operations in effect and the same state, is not tried again.
 *
 * The problem is NP-complete (Gibbons and Korach, 1997): of c operations under way at once that have
 * to do with one another and change something, at worst every order is tried, c! a return. Without
 * a wrong choice it is one step an operation. Choices are cheap here because most operations are
 * reads and refusals, which need none; because few operations under way have to do with one
 * another; and because the next answer of the same name shows a wrong one.
 */
export function search<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  start: State,
  budget: Budget,
): Found<State> {
  const events = eventsOf(operations)
  const passed = new Uint32Array(events.length + 1)
  const first = explore(Number.POSITIVE_INFINITY, budget, passed)
  if (first.end === 'order' || first.end === 'undecided') return first
  // The same way again, up to where it got furthest: what every order comes through is known now.
  const unlimited = { steps: Number.POSITIVE_INFINITY }
  const again =
    first.end === 'none' ? explore(first.deepest, unlimited, new Uint32Array(passed.length)) : first
  if (again.end !== 'stopped') throw new Error('The model answered otherwise when it was asked again')
  const { path, position } = again
  const certain = path.findLast(({ event }) => passed[event] === 1) ?? { event: 0, state: start, length: 0 }
  return {
    end: 'none',
    events,
    event: position.event,
    state: position.state,
    order: position.order(position.mark()),
    certain: { event: certain.event, state: certain.state, took: position.order(certain).length },
  }

  function explore(stopAt: number, budget: Budget, passed: Uint32Array) {
    const position = beginningOf(model, operations, events, start, budget, passed)
    const failed = new Map<number, Map<unknown, Set<string>>>()
    const choices: Choice<State>[] = []
    let deepest = -1
    for (;;) {
      const due = position.advance()
      if (due === null) return { end: 'order', order: position.order(position.mark()) } as const
      if (!hasFailed()) {
        const orders = ordersOf(model, position, due, budget)
        choices.push({ ...position.mark(), orders, hasOrders: false })
      }
      for (;;) {
        const last = choices.at(-1)
        if (last === undefined) return { end: 'none', deepest } as const
        position.rewind(last)
        const { value: reached } = last.orders.next()
        if (budget.steps <= 0) return { end: 'undecided' } as const
        if (reached !== undefined) {
          last.hasOrders = true
          position.take(reached)
          break
        }
        if (!last.hasOrders && last.event === stopAt)
          return { end: 'stopped', path: choices, position } as const
        if (!last.hasOrders) deepest = Math.max(deepest, last.event)
        fail()
        choices.pop()
      }
    }

    function hasFailed(): boolean {
      return failed.get(position.event)?.get(model.key(position.state))?.has(position.ahead()) ?? false
    }

    function fail(): void {
      const states = failed.get(position.event) ?? new Map<unknown, Set<string>>()
      failed.set(position.event, states)
      const key = model.key(position.state)
      states.set(key, (states.get(key) ?? new Set<string>()).add(position.ahead()))
    }
  }
}
