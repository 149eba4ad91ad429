import { skeletonsOf } from '../../shared/look-alikes.ts'
import { type Username, usernameKey } from '../../shared/username.ts'
import type { NameRules } from './name-rules.ts'

/**
 * What to announce when names change, and to listen for by whoever watches one: the names
 * themselves, and what they look like, which is no valid name.
 */
export function topicsOf(
  names: readonly Username[],
  { lookAlikes }: Pick<NameRules, 'lookAlikes'>,
): string[] {
  const topics: string[] = names.map(usernameKey)
  // Each winner does this: to flatten lists of a list for each name takes several times as long.
  for (const skeleton of skeletonsOf(names, lookAlikes).skeletons) {
    if (skeleton !== null) topics.push(`~${skeleton}`)
  }
  return topics
}
