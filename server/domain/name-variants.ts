import { longestUsername } from '../../shared/username.ts'
import { type Dice, drawn } from './dice.ts'

/** What variants are made of: at least one of the two. */
export interface NameParts {
  /** The wanted name. */
  readonly stem: string | undefined
  /** The first and the last name of the person, or the only one. */
  readonly names: readonly string[]
}

/** There are at most 15 variants: 8 good ones, 2 more without a number, and the numbers. */
const goodOnes = 8
/** Of the good ones so many are made of what the person is called, as others may be who lost with them. */
const mostPersonal = 4
const withoutNumber = goodOnes + 2
const numberLengths = [2, 3, 3, 4, 5]

const before = ['the', 'its', 'iam', 'hey', 'hello', 'just', 'only']
const after = ['hq', 'here', 'now', 'online', 'says', 'writes', 'makes', 'daily', 'too', 'world']
const addable = [...before, ...after]
const wordsBefore = new Set(before)
const separators = ['-', '_', '']
/** Without 0 and 1, which look like letters, and what numbers with a meaning are made of (69, 88, 420). */
const digits = '23579'

/**
 * Variants of a name in two lists, the good ones and the others, which are made only for whoever needs more;
 * some may be no valid username, or the same.
 */
export function* variantsOf({ stem, names }: NameParts, dice: Dice): Generator<string[]> {
  const base = stem ?? names.join('-')
  const key = base.toLowerCase()
  const joined = (parts: readonly string[]) => parts.join(separators[dice(separators.length)])
  const withWord = (word: string) => {
    const short = base.slice(0, longestUsername - word.length - 1)
    return wordsBefore.has(word) ? [word, short] : [short, word]
  }
  const called = drawn(personal(stem, names), mostPersonal, dice)
  const fitting = addable.filter((word) => !key.includes(word))
  const words = drawn(fitting, withoutNumber - called.length, dice)
  const goodWords = words.splice(0, goodOnes - called.length)
  yield drawn([...called, ...goodWords.map(withWord)], goodOnes, dice).map(joined)

  const numbers = numberLengths.map((length) => numberOf(length, dice))
  yield [...words, ...numbers].map(withWord).map(joined)
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
