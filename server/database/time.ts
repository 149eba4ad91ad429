import * as z from 'zod'
import type { Prisma } from './generated/client.ts'

/** What time it is by the database's clock, the one that names are held by. */
export async function databaseTime(prisma: Prisma.TransactionClient): Promise<Date> {
  const rows = await prisma.$queryRaw`SELECT clock_timestamp() AS now`
  const [{ now }] = z.tuple([z.object({ now: z.date() })]).parse(rows)
  return now
}
