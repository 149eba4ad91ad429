import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newSeed } from '../../race/random.ts'
import { isLinearizable } from './brute-force.ts'
import { check } from './check.ts'
import type { Operation } from './model.ts'
import { plainRegister, queue, register, store } from './objects.ts'

const seed = newSeed()

/** Histories of a few operations that overlap in all ways, some of them with an unknown outcome. */
function anyHistory<Input, Output>(
  asked: fc.Arbitrary<readonly [Input, Output]>,
): fc.Arbitrary<Operation<Input, Output>[]> {
  const one = fc
    .tuple(fc.nat(8), fc.nat(4), asked, fc.integer({ min: 0, max: 5 }))
    .map(([call, length, [input, output], fate]): Operation<Input, Output> => {
      const process = 'p'
      if (fate === 0) return { process, call, input, return: null }
      if (fate === 1) return { process, call, input, return: null, settledBy: call + length }
      return { process, call, input, return: call + length, output }
    })
  return fc.array(one, { maxLength: 6, size: 'max' })
}

const value = fc.integer({ min: 0, max: 2 })
const registerAsked = fc.oneof(
  value.map((value) => [{ do: 'read' } as const, value] as const),
  value.map((value) => [{ do: 'write', value } as const, null] as const),
  fc
    .tuple(value, value, fc.boolean())
    .map(([from, to, done]) => [{ do: 'cas', from, to } as const, done] as const),
)
const text = fc.constantFrom('a', 'b')
const queueAsked = fc.oneof(
  text.map((value) => [{ do: 'enqueue', value } as const, null] as const),
  fc.option(text).map((value) => [{ do: 'dequeue' } as const, value] as const),
)
const key = fc.constantFrom('x', 'y', 'z', 'w')
const content = fc.constantFrom('', 'a', 'b', 'ab')
const storeAsked = fc.oneof(
  fc.tuple(key, content).map(([key, text]) => [{ do: 'get', key } as const, text] as const),
  fc.tuple(key, text).map(([key, value]) => [{ do: 'put', key, value } as const, null] as const),
  fc.tuple(key, text).map(([key, value]) => [{ do: 'append', key, value } as const, null] as const),
  fc.tuple(key, key).map(([key, to]) => [{ do: 'move', key, to } as const, null] as const),
)

test.each([
  ['a register', (runs: number) => compare(register, registerAsked, runs)],
  ['a register that promises nothing', (runs: number) => compare(plainRegister, registerAsked, runs)],
  ['a queue', (runs: number) => compare(queue, queueAsked, runs)],
  ['texts that move between keys', (runs: number) => compare(store, storeAsked, runs)],
])(`any history of %s is judged as by trying every order (seed ${seed})`, (_, compared) => {
  const { violated, linearizable } = compared(3000)
  // Neither is so rare among them that the comparison says nothing.
  expect(Math.min(violated, linearizable)).toBeGreaterThan(300)
})

function compare<State, Input, Output>(
  model: Parameters<typeof check<State, Input, Output>>[0],
  asked: fc.Arbitrary<readonly [Input, Output]>,
  numRuns: number,
) {
  const counts = { violated: 0, linearizable: 0, undecided: 0 }
  fc.assert(
    fc.property(anyHistory(asked), (history) => {
      const { verdict } = check(model, history)
      counts[verdict]++
      expect(verdict).toBe(isLinearizable(model, history) ? 'linearizable' : 'violated')
    }),
    { numRuns, seed },
  )
  return counts
}
