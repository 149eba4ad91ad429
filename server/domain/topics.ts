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
  const { skeletons } = skeletonsOf(names, lookAlikes)
  const looks = skeletons.flatMap((skeleton) => (skeleton === null ? [] : `~${skeleton}`))
  return [...names.map(usernameKey), ...looks]
}
