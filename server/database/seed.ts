import type { PrismaClient } from './generated/client.ts'
import { reservedFromStart } from './reserved.ts'

/**
 * Enters the reserved names that are not in the table yet. One that somebody owns already, or
 * that an operator set free, stays as it is.
 */
export async function seedReservedNames(prisma: PrismaClient): Promise<void> {
  const keys = [...reservedFromStart.keys()]
  const reasons = [...reservedFromStart.values()]
  // Two parameters, where createMany would send three for each name and take several times as long.
  await prisma.$executeRaw`
    INSERT INTO usernames (key, display, reserved_because)
    SELECT seed.key, seed.key, seed.because
    FROM unnest(${keys}::text[], ${reasons}::text[]) AS seed(key, because)
    ON CONFLICT (key) DO NOTHING`
}
