import fc from 'fast-check'
import { englishDataset, englishRecommendedTransformers, RegExpMatcher } from 'obscenity'
import { describe, expect, test } from 'vitest'
import { reservedFromStart } from '../../server/database/reserved.ts'
import { offensiveOf } from '../../server/domain/offensive.ts'
import { candidatesFor } from '../../server/domain/suggestions.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import { newSeed } from '../race/random.ts'

function suggestions(wanted: string, displayName: string, who = 'trinity'): string[] {
  return candidatesFor({ wanted: Username.parse(wanted), displayName, who })
}

const first5 = (wanted: string, displayName: string, who?: string) =>
  suggestions(wanted, displayName, who).slice(0, 5)

/** All that is suggested to many people. */
const everything = (wanted: string, displayName: string) =>
  new Set(people(200).flatMap((who) => suggestions(wanted, displayName, who)))

const people = (many: number) => Array.from({ length: many }, (_, at) => `person ${at}`)

describe('suggestions', () => {
  test('are made of the wanted name and what the person is called', () => {
    const made = everything('neo', 'Thomas A. Anderson')
    for (const name of ['neo-anderson', 'thomas-anderson', 'tanderson', 'neo_thomas', 'thomas-neo-anderson'])
      expect(made).toContain(name)
    for (const who of people(50)) {
      const names = first5('neo', 'Thomas A. Anderson', who)
      expect(names.filter((name) => /thomas|anderson/.test(name)).length).toBeGreaterThanOrEqual(1)
      expect(names.filter((name) => /thomas|anderson|neo/.test(name))).toEqual(names)
    }
  })

  test.each([
    ['Zoë Łukaszewska-Strauß', 'zoe-strauss'],
    ["Róisín O'Brien", 'roisin-obrien'],
    ['Søren Kierkegård', 'soren-kierkegard'],
    ['𝕿𝖍𝖔𝖒𝖆𝖘', 'thomas-neo'],
    ['Jean-Luc Picard', 'jean-picard'],
    ['宮崎 Hayao', 'neo-hayao'],
  ])('write %s in plain letters', (displayName, name) => {
    expect(everything('neo', displayName)).toContain(name)
  })

  test.each(['', '宮崎 駿', 'محمد', '😀 👍🏽', '\ud800', '1999', 'J. R. R.'])(
    'go without a name that has no Latin words: %j',
    (displayName) => {
      expect(suggestions('neo', displayName)).toEqual(suggestions('neo', ''))
      expect(suggestions('neo', displayName)).toHaveLength(15)
    },
  )

  test('have numbers only at the end', () => {
    for (const displayName of ['', 'Trinity', 'Thomas Anderson'])
      for (const who of people(50))
        expect(first5('neo', displayName, who).filter((name) => /\d/.test(name))).toEqual([])
  })

  test('are written as the wanted name is', () => {
    expect(everything('Neo', 'trinity')).toContain('Neo-Trinity')
    expect(everything('neo', 'TRINITY')).toContain('neo-trinity')
  })

  test('leave room for themselves in a long name', () => {
    const names = suggestions('n'.repeat(50), '')
    expect(names).toHaveLength(15)
    expect(names.filter((name) => name.length < 49)).toEqual([])
  })

  test('are never taken for the wanted name', () => {
    expect(everything('neo', 'Ne0')).not.toContain('ne0')
    expect(everything('thomasanderson', 'Thomas Anderson')).not.toContain('thomas-anderson')
    expect(everything('Alice', 'A Llce')).not.toContain('ALlce')
    expect(everything('tmoney', 'T. Rnoney').has('rnoney')).toBe(true)
  })

  test('speak for the service for nobody', () => {
    expect(suggestions('admin', '')).toEqual([])
    expect(suggestions('neo', 'Dibs Support')).toEqual(suggestions('neo', ''))
    expect([...everything('support', 'Trinity')].filter((name) => name.includes('support'))).toEqual([])
  })

  test.each(['r00t', 'supp0rt', '0fficial', 'adrnin', 'Adm1n'])('do not seem to, for %s', (wanted) => {
    expect(suggestions(wanted, '')).toEqual([])
    expect(suggestions('neo', wanted)).toEqual(suggestions('neo', ''))
  })

  test('do not seem to where words meet', () => {
    const made = everything('neo', 'Ad Min')
    expect(made).toContain('neo-min')
    for (const name of ['ad-min', 'ad_min']) expect(made).not.toContain(name)
    expect(suggestions('ad_min', '')).toEqual([])
  })

  test.each(['fuck', 'Fuck_you', 'sh1t', 'neo_a55', 'f_u_c_k'])(
    'come only from what the person is called when they want %s',
    (wanted) => {
      const names = suggestions(wanted, 'Trinity')
      expect(names.length).toBeGreaterThan(10)
      expect(names.filter((name) => !/trinity/i.test(name))).toEqual([])
      expect(suggestions(wanted, '')).toEqual([])
    },
  )

  test('do not become offensive where words meet', () => {
    expect(offensiveOf(['shit', 'neo', 'neo_ass', 'assange'])).toEqual(new Set(['shit', 'neo_ass']))
    const made = everything('neo', 'Stephen Hit')
    expect(made).toContain('stephen-hit')
    for (const name of ['shit', 's-hit', 's_hit']) expect(made).not.toContain(name)
  })

  test('take first names for what they are', () => {
    for (const name of ['annalise', 'georgy', 'silvanus', 'cassandra'])
      expect(everything(name, '')).toContain(`${name}-writes`)
  })
})

describe('the losers of one race', () => {
  /** How many of 100 people were given the most popular first suggestion. */
  function mostAlike(names: readonly (string | undefined)[]): number {
    return Math.max(...names.map((name) => names.filter((other) => other === name).length))
  }

  test.each([
    ['of whom nothing is known', ''],
    ['who are all called Trinity', 'Trinity'],
    ['who are all called Thomas Anderson', 'Thomas Anderson'],
  ])('%s are sent to different names', (_who, displayName) => {
    const given = people(100).map((who) => first5('neo', displayName, who))
    expect(given.map((names) => names.length)).toEqual(Array(100).fill(5))
    expect(mostAlike(given.map(([name]) => name))).toBeLessThanOrEqual(20)
    expect(new Set(given.map((names) => names.join())).size).toBe(100)
  })

  test('who all had the same dice would be sent to one', () => {
    expect(mostAlike(people(100).map(() => first5('neo', 'Trinity', 'anybody')[0]))).toBe(100)
  })

  test('are given the same ones when they ask again', () => {
    for (const who of people(20)) {
      expect(suggestions('neo', 'Trinity', who)).toEqual(suggestions('neo', 'Trinity', who))
      expect(suggestions('neo', 'Trinity', who)).not.toEqual(suggestions('neo', 'Trinity', `${who}0`))
    }
  })
})

describe('whatever is wanted by whomever', () => {
  const words = [
    'neo',
    'Trinity',
    'fuck',
    'Hit',
    'ass',
    'admin',
    'sign',
    'in',
    '__proto__',
    'constructor',
    '42',
  ]
  const wanted = fc
    .oneof(
      fc.stringMatching(/^[a-zA-Z0-9_-]{3,50}$/),
      fc
        .tuple(fc.constantFrom(...words), fc.constantFrom('', '_', '-', '0'), fc.constantFrom(...words))
        .map((parts) => parts.join('')),
      fc.constantFrom(...reservedFromStart.keys()),
    )
    .filter((name) => Username.safeParse(name).success)
  const displayName = fc.oneof(
    fc.array(fc.constantFrom(...words), { maxLength: 4 }).map((parts) => parts.join(' ')),
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc
      .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 })
      .map((units) => String.fromCharCode(...units)),
    fc.constantFrom(
      '\ud800',
      'a\udfff b',
      '\u202Eoen',
      'ﷺ'.repeat(80),
      'a'.repeat(80),
      '1'.repeat(80),
      '__proto__',
      '👩‍👩‍👧',
    ),
  )

  const preset = new RegExpMatcher({ ...englishDataset.build(), ...englishRecommendedTransformers })
  const seed = newSeed()
  test(`suggestions are valid, distinct, unreserved, harmless and not the wanted name (seed ${seed})`, () => {
    fc.assert(
      fc.property(wanted, displayName, fc.string(), (name, called, who) => {
        const names = suggestions(name, called, who)
        const keys = names.map((one) => usernameKey(Username.parse(one)))
        expect(names.length).toBeLessThanOrEqual(15)
        expect(new Set([...keys, name.toLowerCase()]).size).toBe(names.length + 1)
        expect(keys.filter((key) => reservedFromStart.has(key))).toEqual([])
        expect(names.filter((one) => preset.hasMatch(one))).toEqual([])
        expect(suggestions(name, called, who)).toEqual(names)
        const asker = { wanted: Username.parse(name), displayName: called, who }
        expect(candidatesFor(asker, 7)).toEqual(names.slice(0, 7))
      }),
      { seed, numRuns: 500 },
    )
  })
})
