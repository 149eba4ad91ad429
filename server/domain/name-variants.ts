import { type Dice, drawn } from './dice.ts'

/** What variants are made of: at least one of the two. */
export interface NameParts {
  /** The wanted name. */
  readonly stem: string | undefined
  /** The first and the last name of the person, or the only one. */
  readonly names: readonly string[]
}

/** There are 15 variants: 8 good ones, 2 more without a number, and the numbers. */
const goodOnes = 8
/** Of the good ones so many are made of what the person is called, as others may be who lost with them. */
const mostPersonal = 4
const withoutNumber = goodOnes + 2
const numberLengths = [2, 3, 3, 4, 5]

const longest = 50
const before = ['the', 'its', 'iam', 'hey', 'hello', 'just', 'only']
const after = ['hq', 'here', 'now', 'online', 'says', 'writes', 'makes', 'daily', 'too', 'world']
const separators = ['-', '_', '']
/** Without 0 and 1, which look like letters, and what numbers with a meaning are made of (69, 88, 420). */
const digits = '23579'

/** Variants of a name, best first; some may be no valid username, or the same. */
export function variantsOf({ stem, names }: NameParts, dice: Dice): string[] {
  const base = stem ?? names.join('-')
  const key = base.toLowerCase()
  const withWord = (word: string) => {
    const short = base.slice(0, longest - word.length - 1)
    return before.includes(word) ? [word, short] : [short, word]
  }
  const words = [...before, ...after].filter((word) => !key.includes(word))
  const called = drawn(personal(stem, names), mostPersonal, dice)
  const worded = drawn(words, withoutNumber - called.length, dice).map(withWord)
  const all = [...called, ...worded]
  const numbered = numberLengths.map((length) => withWord(numberOf(length, dice)))
  const good = drawn(all.slice(0, goodOnes), goodOnes, dice)
  return [...good, ...all.slice(goodOnes), ...numbered].map((parts) =>
    parts.join(separators[dice(separators.length)]),
  )
}

/** The ways to put a wanted name and those of a person together. */
function personal(stem: string | undefined, names: readonly string[]): string[][] {
  const [first = '', last = ''] = names
  const alone = names.map((name) => [name])
  // One word each, in which the filter sees what Stephen Hit does not want to be called.
  const withInitial = [[first.slice(0, 1) + last], [first + last.slice(0, 1)]]
  const whole = last === '' ? [] : [[first, last], ...withInitial]
  if (stem === undefined) return [...alone, ...whole]
  const isNew = (name: string) => name !== '' && !stem.toLowerCase().includes(name.toLowerCase())
  const withFirst = isNew(first)
    ? [
        [first, stem],
        [stem, first],
      ]
    : []
  const withLast = isNew(last) ? [[stem, last]] : []
  const withBoth = isNew(first) && isNew(last) ? [[first, stem, last]] : []
  return [...withFirst, ...withLast, ...withBoth, ...alone, ...whole]
}

function numberOf(length: number, dice: Dice): string {
  let number = ''
  while (number.length < length) number += digits[dice(digits.length)]
  return number
}
