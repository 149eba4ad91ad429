import fc from 'fast-check'
import { expect, test } from 'vitest'
import { glanceAt } from '../../server/domain/quick-glance.ts'
import { newSeed } from '../race/random.ts'

test.each([
  ['Alice', 'allce'],
  ['A-1-l_c-e', 'allce'],
  ['NE0', 'neo'],
  ['n_e-o', 'neo'],
  ['rn', 'm'],
  ['R-N', 'm'],
  ['rrn', 'rm'],
  ['rnn', 'mn'],
  ['vv', 'w'],
  ['v_V', 'w'],
  ['vvv', 'wv'],
  ['vvvv', 'ww'],
  ['-_', ''],
])('of %s %j is left at a quick glance', (name, look) => {
  expect(glanceAt(name)).toBe(look)
})

const seed = newSeed()
test(`what is left is as spelled out (seed ${seed})`, () => {
  const spelledOut = (name: string) =>
    name
      .toLowerCase()
      .replace(/[-_]/g, '')
      .replace(/[1i]/g, 'l')
      .replaceAll('0', 'o')
      .replaceAll('rn', 'm')
      .replaceAll('vv', 'w')
  const name = fc.stringMatching(/^[rnvmwRNViI1l0oO_a-]{0,12}$/)
  fc.assert(
    fc.property(name, (one) => {
      expect(glanceAt(one)).toBe(spelledOut(one))
    }),
    { seed, numRuns: 2000 },
  )
})
