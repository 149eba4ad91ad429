import type { Database } from '../../server/database/open.ts'

/**
 * Runs something while the database refuses some statements with an error.
 *
 * @param what like `DELETE ON sessions`
 * @param condition of PostgreSQL (Appendix A), like `lock_not_available`
 */
export async function whileRefusing<T>(
  { prisma }: Pick<Database, 'prisma'>,
  what: string,
  condition: string,
  run: () => Promise<T>,
): Promise<T> {
  await prisma.$executeRawUnsafe(
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE ${condition}; END $$`,
  )
  await prisma.$executeRawUnsafe(`CREATE TRIGGER refuse BEFORE ${what} EXECUTE FUNCTION refuse()`)
  try {
    return await run()
  } finally {
    await prisma.$executeRaw`DROP FUNCTION refuse CASCADE`
  }
}
