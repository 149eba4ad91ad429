import { type LookAlikes, skeletonsOf } from '../../shared/look-alikes.ts'
import { Username } from '../../shared/username.ts'
import type { PrismaClient } from './generated/client.ts'
import { reservedFromStart } from './reserved.ts'
import { transact } from './transact.ts'

/**
 * Enters the reserved names that are not in the table yet, in one statement. One that somebody
 * owns already, or that an administrator set free, stays as it is.
 */
export async function seedReservedNames(prisma: PrismaClient, lookAlikes: LookAlikes): Promise<void> {
  const keys = [...reservedFromStart.keys()].map((key) => Username.parse(key))
  const reasons = [...reservedFromStart.values()]
  const { skeletons, version } = skeletonsOf(keys, lookAlikes)
  await transact(
    () => prisma.$queryRaw`
      SELECT seed_reserved_names(${keys}::text[], ${reasons}::text[], ${skeletons}::text[], ${version})::text`,
  )
}
