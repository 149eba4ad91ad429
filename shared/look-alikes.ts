import { confusablesVersion, type Skeleton, skeleton } from './confusables.ts'
import type { Username } from './username.ts'

/** Whether two people may have names that look alike. */
export type LookAlikes = 'refuse' | 'allow'

/**
 * The skeletons of names, in their order, and the version of the table that they are made by;
 * nulls where look-alikes are allowed.
 */
export function skeletonsOf(
  names: readonly Username[],
  lookAlikes: LookAlikes,
): { skeletons: (Skeleton | null)[]; version: string | null } {
  if (lookAlikes === 'allow') return { skeletons: names.map(() => null), version: null }
  return { skeletons: names.map(skeleton), version: confusablesVersion }
}
