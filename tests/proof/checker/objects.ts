import type { Model, Operation } from './model.ts'

/** A register, as in the literature: it is read, written, or written if it has a value (compare and set). */
export type RegisterInput =
  | { readonly do: 'read' }
  | { readonly do: 'write'; readonly value: number }
  | { readonly do: 'cas'; readonly from: number; readonly to: number }
/** What was read, whether a compare-and-set was done; nothing for a write. */
export type RegisterOutput = number | boolean | null

export const register: Model<number, RegisterInput, RegisterOutput> = {
  init: () => 0,
  key: (state) => state,
  isRead: (input, output) => input.do === 'read' || output === false,
  step(state, input, output) {
    switch (input.do) {
      case 'read':
        return output === undefined || output === state ? [state] : []
      case 'write':
        return [input.value]
      case 'cas': {
        const isDone = state === input.from
        return output === undefined || output === isDone ? [isDone ? input.to : state] : []
      }
    }
  },
}

/** The same without any of what makes it fast. */
export const plainRegister: Model<number, RegisterInput, RegisterOutput> = {
  init: register.init,
  key: register.key,
  step: register.step,
}

export type QueueInput = { readonly do: 'enqueue'; readonly value: string } | { readonly do: 'dequeue' }
/** What was dequeued, null for an empty queue; for an enqueue nothing. */
export type QueueOutput = string | null

/** A first-in, first-out queue. */
export const queue: Model<readonly string[], QueueInput, QueueOutput> = {
  init: () => [],
  key: (state) => state.join(),
  isRead: (input, output) => input.do === 'dequeue' && output === null,
  step(state, input, output) {
    if (input.do === 'enqueue') return [[...state, input.value]]
    const [first = null, ...rest] = state
    if (output !== undefined && output !== first) return []
    return [first === null ? state : rest]
  },
}

export type StoreInput =
  | { readonly do: 'get'; readonly key: string }
  | { readonly do: 'put' | 'append'; readonly key: string; readonly value: string }
  | { readonly do: 'move'; readonly key: string; readonly to: string }

/** Texts by key: they are read, put, appended to, and moved from one key to another. */
export const store: Model<ReadonlyMap<string, string>, StoreInput, string | null> = {
  init: () => new Map(),
  key: (state) => JSON.stringify([...state].filter(([, text]) => text !== '').sort()),
  isRead: (input) => input.do === 'get',
  touches: (input) => (input.do === 'move' ? [input.key, input.to] : [input.key]),
  step(state, input, output) {
    const text = state.get(input.key) ?? ''
    switch (input.do) {
      case 'get':
        return output === undefined || output === text ? [state] : []
      case 'put':
        return [new Map(state).set(input.key, input.value)]
      case 'append':
        return [new Map(state).set(input.key, text + input.value)]
      case 'move':
        return [new Map(state).set(input.key, '').set(input.to, text)]
    }
  },
}

/** A process's operation from a time to a time; without an output nobody knows it. */
export function operation<Input, Output>(
  process: string,
  [call, end]: readonly [number, number] | readonly [number],
  input: Input,
  output?: Output,
): Operation<Input, Output> {
  return end === undefined || output === undefined
    ? { process, call, input, return: null }
    : { process, call, input, return: end, output }
}
