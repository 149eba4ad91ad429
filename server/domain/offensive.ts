import { englishDataset, englishRecommendedTransformers, RegExpMatcher } from 'obscenity'

/** First names that the matcher takes for something else. */
const firstNames = [
  'annal',
  'analise',
  'analiese',
  'claudianus',
  'georgy',
  'maximilianus',
  'silvanus',
  'stephanus',
]

const { blacklistedTerms = [], whitelistedTerms = [] } = englishDataset.build()
const matcher = new RegExpMatcher({
  blacklistedTerms,
  whitelistedTerms: [...whitelistedTerms, ...firstNames],
  ...englishRecommendedTransformers,
})

/**
 * Those of some names that hold an offensive English word, also in leet.
 *
 * Looks at all of them at once: the matcher takes 15 µs for one name, and 40 for 20.
 */
export function offensiveOf(names: readonly string[]): Set<string> {
  // To the matcher an underscore is a letter.
  const found = matcher.getAllMatches(names.join('\n').replaceAll('_', '-'))
  const offensive = new Set<string>()
  if (found.length === 0) return offensive
  let start = 0
  for (const name of names) {
    const end = start + name.length
    if (found.some(({ startIndex, endIndex }) => startIndex < end && endIndex >= start)) offensive.add(name)
    start = end + 1
  }
  return offensive
}
