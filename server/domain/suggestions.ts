import { longestUsername, shortestUsername, type Username, usernameKey } from '../../shared/username.ts'
import { reservedFromStart } from '../database/reserved.ts'
import { diceOf } from './dice.ts'
import { latinWords } from './latin-words.ts'
import { variantsOf } from './name-variants.ts'
import { offensiveOf } from './offensive.ts'
import { glanceAt } from './quick-glance.ts'

export interface Asker {
  readonly wanted: Username
  /** What the person is called; '' where that isn't known. */
  readonly displayName: string
  /** Anything that tells people apart. */
  readonly who: string
}

/**
 * Names for somebody who can't have the one they want, best first: made of it and of what
 * they are called, then with a word added, then with a number. At most 15, or `most`.
 *
 * The same person is always given the same ones and others are given others, so that the
 * losers of one race are not all sent into the next. All are valid, and none is reserved from
 * the start, offensive, or easily taken for the wanted one; whether they are free only the
 * database knows. No name that is offensive, official or taken for that is a part of them: where
 * nobody knows what the person is called, there are none then.
 */
export function candidatesFor({ wanted, displayName, who }: Asker, most?: number): Username[] {
  const words = latinWords(displayName).filter((word) => !isOfficial(word))
  const stem = isOfficial(wanted) ? undefined : wanted.replace(/^[-_]+|[-_]+$/g, '') || wanted
  const variants = (from: string | undefined, called: readonly string[], upTo?: number) => {
    const names = [...new Set([...called.slice(0, 1), ...called.slice(-1)])]
    return suggestible({ wanted, who, stem: from, names }, upTo)
  }

  const names = variants(stem, words, most)
  // All are looked at in one go, which costs a third less than the words first.
  const offensive = offensiveOf([wanted, unbroken(wanted), ...words, ...names])
  if (offensive.size === 0) return names
  const others = variants(
    offensive.has(wanted) || offensive.has(unbroken(wanted)) ? undefined : stem,
    words.filter((word) => !offensive.has(word)),
  )
  const stillOffensive = offensiveOf(others)
  return others.filter((name) => !stillOffensive.has(name)).slice(0, most)
}

interface Ingredients {
  readonly wanted: Username
  readonly who: string
  readonly stem: string | undefined
  readonly names: readonly string[]
}

/** The variants that can be suggested to somebody who wants another name, offensive ones among them. */
function suggestible({ wanted, who, stem, names }: Ingredients, most = Number.POSITIVE_INFINITY): Username[] {
  if (stem === undefined && names.length === 0) return []
  const written = /^[A-Z]/.test(wanted) ? names.map(capitalised) : names
  const dice = diceOf(`${who}\n${usernameKey(wanted)}`)
  const wantedLeft = glanceAt(wanted)
  const found = new Map<string, Username>()
  for (const variants of variantsOf({ stem, names: written }, dice)) {
    for (const name of variants) {
      if (!hasLengthOfUsername(name)) continue
      const left = glanceAt(name)
      if (left === wantedLeft || official.has(left)) continue
      const key = usernameKey(name)
      if (found.has(key) || reservedFromStart.has(key)) continue
      found.set(key, name)
      if (found.size === most) return [...found.values()]
    }
  }
  return [...found.values()]
}

/** A variant is made of the wanted name, Latin words, digits and separators: only its length can be wrong. */
function hasLengthOfUsername(variant: string): variant is Username {
  return variant.length >= shortestUsername && variant.length <= longestUsername
}

/** What is left, at a quick glance, of the names that would speak for the service. */
const official: ReadonlySet<string> = new Set(
  [...reservedFromStart]
    .filter(([, because]) => because === 'authority' || because === 'mailbox')
    .map(([key]) => glanceAt(key)),
)

/** Whether a name would speak for the service, or seems to. */
function isOfficial(word: string): boolean {
  return official.has(glanceAt(word))
}

function unbroken(name: string): string {
  return name.replace(/[-_]/g, '')
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}
