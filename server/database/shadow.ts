import type { SqlDriverAdapter } from '@prisma/driver-adapter-utils'

/**
 * An embedded database in memory, for the migration engine to try migrations on. It is loaded only then:
 * most starts need none, and on PostgreSQL nothing else does.
 */
export async function connectToShadow(): Promise<SqlDriverAdapter> {
  const { openInMemory } = await import('./embedded.ts')
  return openInMemory()
}
