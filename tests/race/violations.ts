import type { Made } from './ending.ts'

/** How a claim of a name that somebody else has may end. */
const refusals: ReadonlySet<string> = new Set(['USERNAME_TAKEN', 'USERNAME_HELD'])

/**
 * What is wrong with the answers to claims of some names, a sentence each; nothing when they
 * are as they must be.
 *
 * The names were free at first, at least one person claimed each, and no hold ran out since, so
 * no name ever changed hands: exactly one person was told that it is theirs, each time they
 * asked, and everybody else that it isn't.
 */
export function violationsAmong(made: readonly Made[]): string[] {
  return [...byName(made)].flatMap(([name, claims]) => {
    const winners = winnersOf(claims)
    const wrong = claims.filter(({ ending }) => ending.kind !== 'CLAIMED' && !refusals.has(ending.kind))
    const refused = claims.filter(
      ({ personId, ending }) => winners.has(personId) && refusals.has(ending.kind),
    )
    return [
      ...(winners.size === 1 ? [] : [`${name}: ${winners.size} people were told that it is theirs`]),
      ...[...count(wrong)].map(([kind, times]) => `${name}: ${times} claims ended in ${kind}`),
      ...(refused.length === 0 ? [] : [`${name}: ${refused.length} claims were refused to its owner`]),
    ]
  })
}

/** Claims by the name they are for, whatever its capitals. */
export function byName<M extends { readonly username: string }>(made: readonly M[]): Map<string, M[]> {
  const names = new Map<string, M[]>()
  for (const one of made) {
    const name = one.username.toLowerCase()
    names.set(name, [...(names.get(name) ?? []), one])
  }
  return names
}

/** Whoever was told that the name is theirs. */
export function winnersOf(made: readonly Made[]): Set<string> {
  return new Set(made.filter(({ ending }) => ending.kind === 'CLAIMED').map(({ personId }) => personId))
}

/** How many claims ended in each kind. */
export function count(made: readonly Made[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { ending } of made) counts.set(ending.kind, (counts.get(ending.kind) ?? 0) + 1)
  return counts
}
