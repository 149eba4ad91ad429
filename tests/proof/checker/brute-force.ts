import type { Model, Operation } from './model.ts'

/**
 * Whether a history is linearizable, by trying every order of its operations and every choice of
 * those with an unknown outcome. As plain as the definition, to compare with; for a handful.
 */
export function isLinearizable<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
): boolean {
  return ordersOf(operations).some((order) => {
    const left = operations.filter((operation) => !order.includes(operation))
    return left.every(isOptional) && keepsTime(order) && isAnswered(model, operations, order)
  })
}

const isOptional = (operation: Operation<unknown, unknown>) => operation.return === null

/** Every order of every choice of some items. */
function ordersOf<T>(items: readonly T[]): T[][] {
  return [
    [],
    ...items.flatMap((item, at) => ordersOf(items.toSpliced(at, 1)).map((order) => [item, ...order])),
  ]
}

/** Whether nothing comes before what was over when it was called. */
function keepsTime(order: readonly Operation<unknown, unknown>[]): boolean {
  return order.every((one, at) => order.slice(at + 1).every((later) => endOf(later) >= one.call))
}

function endOf(operation: Operation<unknown, unknown>): number {
  return operation.return ?? operation.settledBy ?? Number.POSITIVE_INFINITY
}

/** Whether the operations of an order can all be answered as they were, one after the other. */
function isAnswered<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  order: readonly Operation<Input, Output>[],
): boolean {
  let states: readonly State[] = [model.init(operations)]
  for (const { input, output } of order) states = states.flatMap((state) => model.step(state, input, output))
  return states.length > 0
}
