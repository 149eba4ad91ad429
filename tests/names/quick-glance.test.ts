import fc from 'fast-check'
import { expect, test } from 'vitest'
import { looksOf } from '../../server/domain/quick-glance.ts'
import { newSeed } from '../race/random.ts'

test.each([
  [
    ['Alice', 'A-1-l_c-e'],
    ['allce', 'allce'],
  ],
  [
    ['NE0', 'n_e-o'],
    ['neo', 'neo'],
  ],
  [
    ['rn', 'R-N', 'rrn', 'rnn'],
    ['m', 'm', 'rm', 'mn'],
  ],
  [
    ['vv', 'v_V', 'vvv', 'vvvv'],
    ['w', 'w', 'wv', 'ww'],
  ],
  [
    ['r', 'n', 'v', 'v'],
    ['r', 'n', 'v', 'v'],
  ],
  [
    ['', '-_'],
    ['', ''],
  ],
])('of %j %j is left at a quick glance', (names, looks) => {
  expect(looksOf(names)).toEqual(looks)
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
    fc.property(fc.array(name, { minLength: 1, maxLength: 16 }), (names) => {
      expect(looksOf(names)).toEqual(names.map(spelledOut))
    }),
    { seed, numRuns: 2000 },
  )
})
