import type { Model, Operation } from './model.ts'
import { impossibleAnswer } from './place-by-place.ts'
import { search } from './search.ts'

/** Tells whether some operations are a violation, as far as that can be told with little. */
export interface Judge<Input, Output> {
  isViolation(operations: readonly Operation<Input, Output>[]): boolean
  /** Whether it has no patience left. */
  isTired(): boolean
}

/** Searches, which asks the model `maxSteps` times at most, and all together twenty times that. */
export function searching<State, Input, Output>(
  model: Model<State, Input, Output>,
  start: State,
  maxSteps = 20_000,
): Judge<Input, Output> {
  let left = 20 * maxSteps
  return {
    isViolation(operations) {
      const granted = Math.min(maxSteps, left)
      const budget = { steps: granted }
      const { end } = search(model, operations, start, budget)
      left -= granted - Math.max(0, budget.steps)
      return end === 'none'
    },
    isTired: () => left <= 0,
  }
}

/** Follows a place by itself. */
export function following<State, Input, Output>(
  model: Model<State, Input, Output>,
  start: State,
  place: string,
): Judge<Input, Output> {
  return {
    isViolation: (operations) => impossibleAnswer(model, operations, start, place) !== undefined,
    isTired: () => false,
  }
}

/**
 * The fewest operations that can be found whose answers contradict one another, whatever all others
 * did: their reads and refusals left out, and whether they took effect at all left open. So what
 * is found is a violation of the history itself, never of a history without what would explain it.
 *
 * Delta debugging (Zeller and Hildebrandt, 2002): of n operations and a result of k the judge is asked
 * some k log n times.
 *
 * @param operations a violation
 * @returns a part of them, in the same order; of which none can be left out if the judge had the patience
 */
export function smallest<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  judge: Judge<Input, Output>,
): Operation<Input, Output>[] {
  const isKnown = (one: Operation<Input, Output>) => one.return !== null
  let kept = operations.filter(isKnown)
  let parts = 2
  while (kept.length > 1 && !judge.isTired()) {
    const size = Math.ceil(kept.length / parts)
    let isSmaller = false
    // The last are the likeliest to be needed.
    for (let at = 0; at < kept.length && !judge.isTired(); ) {
      const without = kept.toSpliced(at, size)
      if (without.length < kept.length && judge.isViolation(relaxed(model, operations, new Set(without)))) {
        kept = without
        isSmaller = true
      } else at += size
    }
    if (size === 1 && !isSmaller) break
    parts = size === 1 ? kept.length : Math.min(kept.length, parts * 2)
  }
  return kept
}

/** The same operations, with nothing said of any but some: reads are left out, others take effect or not. */
function relaxed<State, Input, Output>(
  { isRead }: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  known: ReadonlySet<Operation<Input, Output>>,
): Operation<Input, Output>[] {
  return operations.flatMap((one): Operation<Input, Output>[] => {
    if (one.return === null || known.has(one)) return [one]
    if (isRead?.(one.input, one.output)) return []
    return [{ process: one.process, call: one.call, input: one.input, return: null, settledBy: one.return }]
  })
}
