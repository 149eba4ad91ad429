import type { Model, Operation } from './model.ts'
import { partition } from './partition.ts'
import { impossibleAnswer } from './place-by-place.ts'
import { search } from './search.ts'
import { impossibleIn, type Violation, violationOf } from './violation.ts'

/** What a history turned out to be; parts that have nothing to do with one another are judged apart. */
export interface Verdict<State, Input, Output> {
  /** `undecided` where no part is violated and the budget ran out over one: that is no pass. */
  readonly verdict: 'linearizable' | 'violated' | 'undecided'
  /** For each part that is linearizable, an order of what took effect that explains all answers. */
  readonly orders: readonly (readonly Operation<Input, Output>[])[]
  readonly violations: readonly Violation<State, Input, Output>[]
  readonly undecided: readonly (readonly Operation<Input, Output>[])[]
  /** How often the model was asked. */
  readonly steps: number
}

/**
 * Decides whether a history is linearizable: whether everything in it was answered as if the
 * operations had taken effect one after the other, each at some moment between its call and its
 * return. See `search` for how, and at what cost; what shows at one place by itself is not searched for.
 *
 * @param maxSteps how often the model is asked for one part, at most, before it is undecided;
 *   a history of n operations that is linearizable takes a few times n as a rule
 */
export function check<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  { maxSteps = 20_000_000 }: { readonly maxSteps?: number } = {},
): Verdict<State, Input, Output> {
  const orders: Operation<Input, Output>[][] = []
  const violations: Violation<State, Input, Output>[] = []
  const undecided: Operation<Input, Output>[][] = []
  let steps = 0
  for (const part of partition(model, operations)) {
    const start = model.init(part)
    const impossible = impossibleAnswer(model, part, start)
    if (impossible !== undefined) {
      violations.push(impossibleIn(part, impossible, start))
      continue
    }
    const budget = { steps: maxSteps }
    const found = search(model, part, start, budget)
    steps += maxSteps - budget.steps
    if (found.end === 'order') orders.push(found.order.flatMap((id) => part[id] ?? []))
    else if (found.end === 'none') violations.push(violationOf(part, found))
    else undecided.push(part)
  }
  const verdict = violations.length > 0 ? 'violated' : undecided.length > 0 ? 'undecided' : 'linearizable'
  return { verdict, orders, violations, undecided, steps }
}
