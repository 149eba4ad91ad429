import { type LookAlikes, skeletonsOf } from '../../shared/look-alikes.ts'
import { Username } from '../../shared/username.ts'
import type { Query } from './query.ts'
import { reservedFromStart } from './reserved.ts'
import { transact } from './transact.ts'

/**
 * Enters the reserved names that are not in the table yet, in one statement. One that somebody
 * owns already, or that an administrator set free, stays as it is.
 */
export async function seedReservedNames(query: Query, lookAlikes: LookAlikes): Promise<void> {
  const keys = [...reservedFromStart.keys()].map((key) => Username.parse(key))
  const reasons = [...reservedFromStart.values()]
  const { skeletons, version } = skeletonsOf(keys, lookAlikes)
  await transact(
    () => query`
      SELECT seed_reserved_names(${keys}::text[], ${reasons}::text[], ${skeletons}::text[], ${version})::text`,
  )
}
