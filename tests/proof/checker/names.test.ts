import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newSeed } from '../../race/random.ts'
import { usualRules } from '../../support/rules.ts'
import { isLinearizable } from './brute-force.ts'
import { check } from './check.ts'
import { namesModel } from './names/model.ts'
import { operationsOf } from './names/operations.ts'
import { askedBy } from './names-arbitraries.ts'
import { type Planned, simulate } from './simulate.ts'

const seed = newSeed()

const asked = askedBy(['ann', 'ben'], ['neo', 'Neo', 'lily', 'IiIy'])
const planned = (fate: fc.Arbitrary<Planned['fate']>, until: number): fc.Arbitrary<Planned> =>
  fc.record({
    asked,
    process: fc.constant('p'),
    at: fc.nat(until),
    before: fc.nat(4),
    after: fc.nat(4),
    fate,
  })

const anyFate = fc.constantFrom('fine', 'fine', 'lost', 'lost', 'stale', 'unknown', 'unknown and not done')
const honest = fc.constantFrom('fine', 'fine', 'fine', 'unknown', 'unknown and not done')

test.each([
  ['usual rules', usualRules],
  ['no holds', { ...usualRules, holdDays: 0 }],
  ['one rename', { ...usualRules, renames: { most: 1, days: 30 } }],
])(`any history of names under %s is judged as by trying every order (seed ${seed})`, (_, rules) => {
  const model = namesModel(rules, ['lily'])
  const counts = { violated: 0, linearizable: 0, undecided: 0 }
  fc.assert(
    fc.property(fc.array(planned(anyFate, 20), { maxLength: 6, size: 'max' }), (plan) => {
      const operations = operationsOf(simulate(plan, rules, ['lily']))
      const { verdict } = check(model, operations)
      counts[verdict]++
      expect(verdict).toBe(isLinearizable(model, operations) ? 'linearizable' : 'violated')
    }),
    { numRuns: 2000, seed },
  )
  expect(Math.min(counts.violated, counts.linearizable)).toBeGreaterThan(100)
})

test.each([
  ['sparse', 40, 100],
  ['dense', 14, 30],
])(`any history that follows the rules is linearizable, a %s one (seed ${seed})`, (_, most, until) => {
  const model = namesModel(usualRules, ['lily'])
  fc.assert(
    fc.property(fc.array(planned(honest, until), { maxLength: most, size: 'max' }), (plan) => {
      const operations = operationsOf(simulate(plan, usualRules, ['lily']))
      expect(check(model, operations).verdict).toBe('linearizable')
    }),
    { numRuns: 1000, seed },
  )
})

test(`what leaves nothing alone finds no order where the search found none (seed ${seed})`, () => {
  const { detail, ...plain } = namesModel(usualRules, ['lily'])
  const quick = { ...plain, ...(detail && { detail }) }
  let violated = 0
  fc.assert(
    fc.property(fc.array(planned(anyFate, 30), { maxLength: 12, size: 'max' }), (plan) => {
      const operations = operationsOf(simulate(plan, usualRules, ['lily']))
      if (check(quick, operations).verdict !== 'violated') return
      violated++
      expect(check(plain, operations).verdict).toBe('violated')
    }),
    { numRuns: 1000, seed },
  )
  expect(violated).toBeGreaterThan(50)
})
