import { type LookAlikes, skeletonsOf } from '../../shared/look-alikes.ts'
import { reservedNames } from '../../shared/reserved-names.ts'
import { Username } from '../../shared/username.ts'
import type { PrismaClient } from './generated/client.ts'
import { transact } from './transact.ts'

/**
 * Enters the reserved names that are not in the table yet, in one statement. One that somebody
 * owns already, or that an administrator set free, stays as it is.
 */
export async function seedReservedNames(prisma: PrismaClient, lookAlikes: LookAlikes): Promise<void> {
  const keys = reservedNames.map(({ name }) => Username.parse(name))
  const reasons = reservedNames.map(({ because }) => because)
  const { skeletons, version } = skeletonsOf(keys, lookAlikes)
  await transact(
    () => prisma.$queryRaw`
      SELECT seed_reserved_names(${keys}::text[], ${reasons}::text[], ${skeletons}::text[], ${version})::text`,
  )
}
