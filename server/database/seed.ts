import { type ReservedName, reservedNames } from '../../shared/reserved-names.ts'
import type { PrismaClient } from './generated/client.ts'

/**
 * Enters the reserved names that are not in the table yet. One that somebody owns already, or
 * that an operator set free, stays as it is.
 */
export async function seedReservedNames(prisma: PrismaClient): Promise<void> {
  const rows = reservedNames.map(({ name, because }: ReservedName) => ({
    key: name,
    display: name,
    reservedBecause: because,
  }))
  await prisma.username.createMany({ data: rows, skipDuplicates: true })
}
