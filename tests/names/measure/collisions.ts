import { prototypes, skeleton } from '../../../shared/confusables.ts'
import type { Username } from '../../../shared/username.ts'

type Spell = (name: Username) => readonly string[]
type Compare = (displayed: Username) => string

/** How people write a name that is given in lower case. */
export const spellings = {
  'lower case': (name) => [name],
  Capitalised: (name) => [capitalised(name)],
  CAPITALS: (name) => [name.toUpperCase()],
  'any of these': (name) => [name, capitalised(name), name.toUpperCase()],
} satisfies Record<string, Spell>

/** What makes two names look alike: the skeleton, and half of it. */
export const comparisons = {
  skeleton,
  'prototypes, then only lower case': (displayed) =>
    Array.from(displayed, (character) => prototypes.get(character) ?? character)
      .join('')
      .toLowerCase(),
} satisfies Record<string, Compare>

/** The groups of names, each written in all of its spellings, of which only one could be claimed. */
export function collisions(names: readonly Username[], spell: Spell, compare: Compare): Username[][] {
  const alike = new Map<string, Set<Username>>()
  for (const name of names) {
    for (const spelling of spell(name)) {
      const key = compare(spelling as Username)
      alike.set(key, (alike.get(key) ?? new Set()).add(name))
    }
  }
  return [...alike.values()].filter(({ size }) => size > 1).map((group) => [...group])
}

function capitalised(name: Username): string {
  return name.charAt(0).toUpperCase() + name.slice(1)
}
