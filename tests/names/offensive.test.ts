import fc from 'fast-check'
import {
  englishDataset,
  englishRecommendedBlacklistMatcherTransformers,
  type Node,
  type ParsedPattern,
  RegExpMatcher,
  SyntaxKind,
} from 'obscenity'
import { describe, expect, test } from 'vitest'
import { offensiveOf } from '../../server/domain/offensive.ts'
import { screenOf } from '../../server/domain/offensive-screen.ts'
import { newSeed } from '../race/random.ts'

const options = {
  blacklistedTerms: englishDataset.build().blacklistedTerms,
  blacklistMatcherTransformers: englishRecommendedBlacklistMatcherTransformers,
}
const matcher = new RegExpMatcher(options)
const mayFindAny = screenOf(options)

/** What the matcher reads as these letters too. */
const leet = new Map(
  Object.entries({ a: '@4', c: '(', e: '3', g: '6', i: '1|!', l: '/', o: '0', s: '$5', t: '7', z: '2' }),
)
const ascii = fc.string({ unit: 'binary-ascii', maxLength: 30 })
const around = fc.oneof(fc.constantFrom('', '-', '_', '\n', 'neo', 's', 'Ass', '9'), ascii)

/** A letter as people write it to get past a filter: a capital, leet, several times, or as it is. */
function disguised(letter: string): fc.Arbitrary<string> {
  const alike = [letter, letter.toUpperCase(), ...(leet.get(letter) ?? '')]
  return fc.array(fc.constantFrom(...alike), { minLength: 1, maxLength: 4 }).map((run) => run.join(''))
}

function spelled(node: Node): fc.Arbitrary<string> {
  if (node.kind === SyntaxKind.Optional) return fc.oneof(fc.constant(''), spelled(node.childNode))
  if (node.kind === SyntaxKind.Wildcard)
    return fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 1 })
  return fc
    .tuple(...node.chars.map((code) => disguised(String.fromCodePoint(code))))
    .map((parts) => parts.join(''))
}

function written({ nodes }: ParsedPattern): fc.Arbitrary<string> {
  return fc.tuple(around, ...nodes.map(spelled), around).map((parts) => parts.join(''))
}

describe('the screen before the matcher', () => {
  const seed = newSeed()
  const sameAsTheMatcher = (text: string) => {
    expect({ text, found: mayFindAny(text) }).toEqual({ text, found: matcher.hasMatch(text) })
  }

  test(`says what a matcher without exceptions says of its own words, disguised (seed ${seed})`, () => {
    for (const { pattern } of options.blacklistedTerms)
      fc.assert(fc.property(written(pattern), sameAsTheMatcher), { seed, numRuns: 50 })
  })

  test(`and of any text in ASCII (seed ${seed})`, () => {
    const letters = fc.string({ unit: fc.constantFrom(...'fuckasnigtm4501-_\n'), maxLength: 40 })
    fc.assert(fc.property(fc.oneof(letters, ascii), sameAsTheMatcher), { seed, numRuns: 3000 })
  })

  test('is asked about texts of both kinds', () => {
    const texts = options.blacklistedTerms.flatMap(({ pattern }) =>
      fc.sample(written(pattern), { seed, numRuns: 20 }),
    )
    const share = texts.filter((text) => matcher.hasMatch(text)).length / texts.length
    expect(share).toBeGreaterThan(0.2)
    expect(share).toBeLessThan(0.95)
  })

  test('lets the matcher look at whatever is not ASCII', () => {
    expect(['zoë', '\u{1F600}', '\ud800'].filter(mayFindAny)).toHaveLength(3)
  })
})

describe('offensive names', () => {
  test.each(['fuck', 'FUCK', 'sh1t', 'f_ck', 'neo_a55', 'niggggger', 'nice-ass'])('are found: %s', (name) => {
    expect(offensiveOf(['neo', name, 'trinity'])).toEqual(new Set([name]))
  })

  test.each(['assange', 'cassandra', 'dickens', 'annalise', 'glass', 'scunthorpe'])(
    'are no others: %s',
    (name) => {
      expect(offensiveOf(['neo', name, 'trinity'])).toEqual(new Set())
    },
  )
})
