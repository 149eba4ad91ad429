import { expect, test } from 'vitest'
import { check } from './check.ts'
import type { Model, Operation } from './model.ts'
import {
  operation,
  type QueueInput,
  type QueueOutput,
  queue,
  type RegisterInput,
  type RegisterOutput,
  register,
  store,
} from './objects.ts'

type Span = readonly [number, number] | readonly [number]

const read = (process: string, span: Span, value?: number) =>
  operation<RegisterInput, RegisterOutput>(process, span, { do: 'read' }, value)
const write = (process: string, span: Span, value: number) =>
  operation<RegisterInput, RegisterOutput>(
    process,
    span,
    { do: 'write', value },
    span.length === 2 ? null : undefined,
  )
const cas = (process: string, span: Span, from: number, to: number, done?: boolean) =>
  operation<RegisterInput, RegisterOutput>(process, span, { do: 'cas', from, to }, done)
const enqueue = (process: string, span: Span, value: string) =>
  operation<QueueInput, QueueOutput>(process, span, { do: 'enqueue', value }, null)
const dequeue = (process: string, span: Span, value: string | null) =>
  operation<QueueInput, QueueOutput>(process, span, { do: 'dequeue' }, value)

function verdictOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
) {
  return check(model, operations).verdict
}

// M. Herlihy and J. Wing, "Linearizability", 1990: after figure 1.
test.each([
  [
    'a',
    'linearizable',
    [
      enqueue('A', [0, 3], 'x'),
      enqueue('B', [1, 5], 'y'),
      dequeue('B', [6, 8], 'x'),
      dequeue('A', [7, 10], 'y'),
      enqueue('A', [11, 14], 'z'),
    ],
  ],
  ['b', 'violated', [enqueue('A', [0, 2], 'x'), enqueue('B', [3, 6], 'y'), dequeue('A', [7, 9], 'y')]],
  ['c', 'linearizable', [enqueue('A', [0, 4], 'x'), dequeue('B', [1, 5], 'x')]],
  [
    'd',
    'violated',
    [
      enqueue('A', [0, 5], 'x'),
      enqueue('B', [1, 3], 'y'),
      dequeue('A', [6, 9], 'y'),
      dequeue('C', [7, 10], 'y'),
    ],
  ],
] as const)('Herlihy and Wing, queue %s: %s', (_, expected, operations) => {
  expect(verdictOf(queue, operations)).toBe(expected)
})

// The same, after figure 2.
test.each([
  [
    'a',
    'linearizable',
    [write('A', [0, 4], 0), read('B', [5, 8], 1), write('C', [1, 7], 1), read('A', [9, 11], 1)],
  ],
  [
    'b',
    'violated',
    [write('A', [0, 2], 0), write('B', [3, 9], 1), read('C', [4, 5], 1), read('A', [6, 8], 0)],
  ],
  [
    'c',
    'linearizable',
    [
      write('A', [0, 2], 0),
      write('B', [3], 1),
      read('C', [4, 6], 1),
      write('C', [7, 9], 0),
      read('B', [10, 12], 0),
    ],
  ],
  ['d', 'violated', [write('A', [0, 2], 1), write('B', [3], 2), read('C', [4, 6], 2), read('C', [7, 9], 1)]],
] as const)('Herlihy and Wing, register %s: %s', (_, expected, operations) => {
  expect(verdictOf(register, operations)).toBe(expected)
})

// After porcupine_test.go of A. Athalye's Porcupine.
test('Porcupine: a read may see a write that is under way, but none is taken back', () => {
  const writing = write('0', [0, 100], 100)
  expect(verdictOf(register, [writing, read('1', [25, 75], 100), read('2', [30, 60], 0)])).toBe(
    'linearizable',
  )
  expect(
    verdictOf(register, [write('0', [0, 100], 200), read('1', [10, 30], 200), read('2', [40, 90], 0)]),
  ).toBe('violated')
})

test('Porcupine: texts that are appended to come in one order for all', () => {
  const put = operation(
    '0',
    [0, 1] as Span,
    { do: 'put' as const, key: 'x', value: 'a' },
    null as string | null,
  )
  const append = (process: string, span: Span, value: string) =>
    operation(process, span, { do: 'append' as const, key: 'x', value }, null as string | null)
  const get = (process: string, span: Span, text: string) =>
    operation(process, span, { do: 'get' as const, key: 'x' }, text as string | null)
  const both = [append('1', [2, 9], 'b'), append('2', [3, 8], 'c')]
  expect(verdictOf(store, [put, ...both, get('3', [10, 11], 'acb'), get('4', [10, 12], 'acb')])).toBe(
    'linearizable',
  )
  expect(verdictOf(store, [put, ...both, get('3', [10, 11], 'acb'), get('4', [12, 13], 'abc')])).toBe(
    'violated',
  )
  expect(verdictOf(store, [put, ...both, get('3', [10, 11], 'ab')])).toBe('violated')
})

// Jepsen's registers: what was found of etcd, MongoDB, Redis and others comes to these.
test.each([
  ['a stale read', 'violated', [write('0', [0, 1], 1), write('0', [2, 3], 2), read('1', [4, 5], 1)]],
  [
    'a dirty read of a write that was refused',
    'violated',
    [cas('0', [0, 1], 5, 6, false), read('1', [2, 3], 6)],
  ],
  ['a lost update', 'violated', [cas('0', [0, 3], 0, 1, true), cas('1', [1, 4], 0, 2, true)]],
  ['an acknowledged write lost', 'violated', [write('0', [0, 1], 3), read('1', [2, 3], 0)]],
  ['reads that go back', 'violated', [write('0', [0, 9], 1), read('1', [1, 2], 1), read('2', [3, 4], 0)]],
  [
    'a write that timed out, done late',
    'linearizable',
    [write('0', [0], 1), read('1', [5, 6], 0), read('1', [7, 8], 1)],
  ],
  [
    'a write that timed out, done twice',
    'violated',
    [write('0', [0], 1), read('1', [1, 2], 1), write('1', [3, 4], 2), read('1', [5, 6], 1)],
  ],
] as const)('Jepsen, %s: %s', (_, expected, operations) => {
  expect(verdictOf(register, operations)).toBe(expected)
})
