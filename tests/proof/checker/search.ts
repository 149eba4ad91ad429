import { dependenciesOf, type Focus, joined } from './dependencies.ts'
import { type Event, eventsOf } from './events.ts'
import { type Foresight, foresightOf, noForesight } from './foresight.ts'
import type { Model, Operation } from './model.ts'
import { type Blame, ordersOf } from './orders.ts'
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
  readonly order: readonly number[]
  /** The last choice that was come to once only: its event, its state, and how many took effect before it. */
  readonly certain: { readonly event: number; readonly state: State; readonly took: number }
}

/** Where an operation has returned that has yet to take effect. */
interface Choice<State> extends Mark<State> {
  readonly due: number
  readonly orders: Generator<Reached<State>, void, void>
  readonly blame: Blame
  /** The order that was taken last. */
  taken: Reached<State> | undefined
  /** How it ended. */
  readonly failures: Failure[]
}

/** How many steps an event the nearest orders are given at first. */
const stepsFirst = 10

/** What can't be explained, whatever else there is. */
interface Failure {
  readonly focus: Focus
  readonly mark: string
}

/**
 * Looks for an order in which a history's operations can have taken effect, each between its call
 * and its return, one after the other, so that all were answered as the model says.
 *
 * Wing and Gong's search with Lowe's two improvements (G. Lowe, "Testing for linearizability",
 * 2017): an operation is placed just in time, when it returns or when another one needs it; and
 * what failed once, the same operations in effect and the same state, is not tried again.
 *
 * Where a model tells of places, a dead end is blamed on those that it depends on: the search goes
 * back to the last choice that can matter to them (conflict-directed backjumping, P. Prosser, 1993),
 * and what failed is known again by them alone. Orders with few unknown outcomes are tried first.
 * Where it tells of single places by themselves, what is bound to fail there is seen ahead
 * (`foresightOf`); a history that fails is then searched again without, to say where it is stuck.
 *
 * The problem is NP-complete (Gibbons and Korach, 1997): of c operations under way at once that have
 * to do with one another and change something, at worst every order is tried, c! a return. Without
 * a wrong choice it is one step an operation, and memory grows with the operations. What makes it
 * hard are not the operations that are answered but those with an unknown outcome that are wanted
 * alike and may take effect for long: the fewer of them, and the sooner settled, the better.
 */
export function search<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  start: State,
  budget: Budget,
): Found<State> {
  const events = eventsOf(operations)
  const dependencies = dependenciesOf(model, operations)
  const passed = new Uint32Array(events.length + 1)
  const reach = { most: 1, withChance: false, isShort: false }
  let first = exploreFarther(foresightOf(model, operations, events))
  // Where one is stuck is told by the operation that can't return, not by what was foreseen of it.
  if (first.end === 'none') first = exploreFarther(noForesight)
  if (first.end === 'order' || first.end === 'undecided') return first
  // The same way again, up to where it got furthest: what every order comes through is known now.
  const unlimited = { steps: Number.POSITIVE_INFINITY }
  const again =
    first.end === 'none'
      ? explore(first.deepest, unlimited, new Uint32Array(passed.length), noForesight)
      : first
  if (again.end !== 'stopped') throw new Error('The model answered otherwise when it was asked again')
  const { path, position } = again
  const certain = path.findLast(({ event }) => passed[event] === 1) ?? { event: 0, state: start, length: 0 }
  return {
    end: 'none',
    events,
    event: position.event,
    order: position.order(position.mark()),
    certain: { event: certain.event, state: certain.state, took: position.order(certain).length },
  }

  /**
   * Finds the near orders first, those that take few operations with an unknown outcome, and nothing
   * by chance. Which of that is too little shows late where much is to be tried, so that all have
   * their turn, for a while and then for twice as long.
   */
  function exploreFarther(foresight: Foresight<State>) {
    const exhausted = new Set<number>()
    for (let share = stepsFirst * events.length, most = 8; ; share *= 2, most *= 2) {
      for (const near of [1, 2, 4, most]) {
        if (exhausted.has(near)) continue
        Object.assign(reach, { most: near, withChance: near === most, isShort: false })
        passed.fill(0)
        const granted = Math.min(share, budget.steps)
        const turn = { steps: granted }
        const found = explore(Number.POSITIVE_INFINITY, turn, passed, foresight)
        budget.steps -= granted - turn.steps
        if (found.end === 'order' || (found.end === 'none' && !reach.isShort)) return found
        if (budget.steps <= 0) return { end: 'undecided' } as const
        if (found.end === 'none') exhausted.add(near)
      }
    }
  }

  function explore(stopAt: number, budget: Budget, passed: Uint32Array, foresight: Foresight<State>) {
    const position = beginningOf(model, operations, events, start, budget, reach, passed)
    const failures = new Map<number, Failure[]>()
    const choices: Choice<State>[] = []
    let deepest = -1
    for (;;) {
      const due = position.advance()
      if (due === null) return { end: 'order', order: position.order(position.mark()) } as const
      let blamed = knownFailure()
      if (blamed === undefined) {
        const blame = { focus: dependencies.nothing() }
        const orders = ordersOf(model, dependencies, position, due, budget, reach, blame)
        choices.push({ ...position.mark(), due, orders, blame, taken: undefined, failures: [] })
      }
      for (;;) {
        const last = choices.at(-1)
        if (last === undefined) return { end: 'none', deepest } as const
        position.rewind(last)
        if (blamed !== undefined && last.taken !== undefined) {
          const matters = [last.due, ...last.taken.took.filter((id) => !position.isRead(id))]
          if (dependencies.among(matters, blamed, last.state).length === 0) {
            choices.pop()
            continue
          }
          last.blame.focus = joined(last.blame.focus, blamed)
          position.take(last.taken)
          last.failures.push(failureOf(blamed))
          position.rewind(last)
        }
        const hadOrders = last.taken !== undefined
        const { value: reached } = last.orders.next()
        if (budget.steps <= 0) return { end: 'undecided' } as const
        if (reached !== undefined) {
          last.taken = reached
          blamed = undefined
          position.take(reached)
          blamed = last.failures.find(isHere)?.focus ?? foreseen(last, reached)
          if (blamed === undefined) break
          continue
        }
        if (!hadOrders && last.event === stopAt) return { end: 'stopped', path: choices, position } as const
        if (!hadOrders) deepest = Math.max(deepest, last.event)
        blamed = last.blame.focus
        const failed = failures.get(last.event) ?? []
        failures.set(last.event, [...failed, failureOf(blamed)])
        choices.pop()
      }
    }

    function foreseen({ state, due }: Choice<State>, { took }: Reached<State>): Focus | undefined {
      const changes = took.filter((id) => !position.isRead(id))
      return foresight.doomed(position, state, took.includes(due) ? changes : [due, ...changes])
    }

    function knownFailure(): Focus | undefined {
      return failures.get(position.event)?.find(isHere)?.focus
    }

    function failureOf(focus: Focus): Failure {
      const copy = focus === 'everything' ? focus : new Set(focus)
      return { focus: copy, mark: markOf(copy) }
    }

    function isHere({ focus, mark }: Failure): boolean {
      return markOf(focus) === mark
    }

    /** What of where one is a failure depends on: what is there, and what of it is used up. */
    function markOf(focus: Focus): string {
      const used = dependencies.among(position.ahead, focus, position.state).sort((a, b) => a - b)
      return `${used.join()} ${dependencies.valuesAt(focus, position.state)}`
    }
  }
}
