import { Username } from '../../../shared/username.ts'

/** How people's wishes fall on the names of a round. */
export const mixes = ['one hot name', 'Zipf', 'even'] as const
export type Mix = (typeof mixes)[number]

/** The names that are contended in a round, the most wanted first. */
export interface Names {
  readonly all: readonly Username[]
  /** One that somebody wants. */
  pick(random: () => number): Username
}

/** Of those that want a name in a round with one that is hot, so many want that one. */
const hotShare = 0.85
/** Of the second name so many as of the first, divided by 2 to this power, and so on (Zipf). */
const exponent = 1.1

/** Sixteen letters that look like nothing else, in place of hexadecimal digits. */
const letters = 'abcdefghknpqstuw'

/** The names of a round, which no other round has, nor one that looks like them. */
export function namesOf(round: number, many: number, mix: Mix): Names {
  const all = Array.from({ length: many }, (_, at) => {
    const pair = Math.floor(at / 2)
    // Of each ten names two look alike.
    const end = at % 10 === 8 ? 'lo' : at % 10 === 9 ? '1o' : at % 2 === 0 ? 'ne' : 'ow'
    return Username.parse(`q${inLetters(round, 4)}-${inLetters(pair, 3)}${end}`)
  })
  const weights = all.map((_, at) => {
    if (mix === 'even') return 1
    if (mix === 'Zipf') return 1 / (at + 1) ** exponent
    return at === 0 ? hotShare : (1 - hotShare) / Math.max(1, many - 1)
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return {
    all,
    pick(random) {
      let left = random() * total
      const at = weights.findIndex((weight) => {
        left -= weight
        return left < 0
      })
      return all[at] ?? all[0] ?? never()
    },
  }
}

/** The same name, with any of its letters in capitals. */
export function inCapitals(name: Username, random: () => number): Username {
  const spelled = name.replace(/[a-z]/g, (letter) => (random() < 0.5 ? letter : letter.toUpperCase()))
  return Username.parse(spelled)
}

function inLetters(number: number, length: number): string {
  const digits = number.toString(16).padStart(length, '0')
  return digits.replace(/./g, (digit) => letters[Number.parseInt(digit, 16)] ?? '')
}

function never(): never {
  throw new RangeError('a round needs names')
}
