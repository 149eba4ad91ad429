import type { Database } from '../../server/database/open.ts'

/** Makes all names and renames older by some days, as if they had passed. */
export async function passDays({ prisma }: Pick<Database, 'prisma'>, days: number): Promise<void> {
  await prisma.$executeRaw`UPDATE usernames SET held_until = held_until - make_interval(days => ${days}::int)`
  await prisma.$executeRaw`
    UPDATE profiles
    SET renamed_at = ARRAY(SELECT t - make_interval(days => ${days}::int) FROM unnest(renamed_at) AS t)
    WHERE renamed_at IS NOT NULL`
  await prisma.$executeRaw`
    UPDATE idempotency_keys SET created_at = created_at - make_interval(days => ${days}::int)`
}
