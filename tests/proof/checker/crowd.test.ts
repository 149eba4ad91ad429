import { expect, test } from 'vitest'
import { anyRenames } from '../../support/rules.ts'
import { busyCrowd, withOneForged } from './busy-crowd.ts'
import { checkNames } from './check-names.ts'

// One and the same crowd, since there are some that are far harder.
const seed = 1
const size = 5000
const calls = busyCrowd(size, seed)

// Steps, since a machine that is busy changes no number of them.
test(`a crowd that is answered by the rules is checked in a few steps a call (seed ${seed})`, () => {
  const { verdict, steps, orders } = checkNames(calls, { rules: anyRenames })
  expect(verdict).toBe('linearizable')
  expect(steps).toBeLessThan(40 * size)
  // Most of it is one component.
  expect(Math.max(...orders.map((order) => order.length))).toBeGreaterThan(size / 2)
})

test.each([
  ['that can be of no name', { username: 'not-yours' }],
  ['of a time that was never told', { claimedAt: 'never' }],
])(`one answer in a crowd %s is found, and shown with few others (seed ${seed})`, (_, told) => {
  const { history, forged } = withOneForged(calls, told)
  const { verdict, steps, violations } = checkNames(history, { rules: anyRenames })
  expect(verdict).toBe('violated')
  expect(steps).toBeLessThan(80 * size)
  expect(violations[0]?.calls.map(({ id }) => id)).toEqual([forged])
})
