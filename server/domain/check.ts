import * as z from 'zod'
import { UsernameStatus } from '../../shared/schemas.ts'
import { type Username, usernameKey } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import { candidatesFor } from './suggestions.ts'

const StatusRow = z.object({
  status: UsernameStatus,
  /** Until when it is held for somebody else. */
  until: z.date().nullable(),
  suggestions: z.array(z.string()),
})

/**
 * What claiming a name would meet at this moment. Advice only: a moment later it may be
 * otherwise, and no write consults it.
 *
 * @param personId who asks, or null when signed out
 * @param who tells askers apart, so that they are not all suggested the same names
 */
export async function checkUsername(
  prisma: PrismaClient,
  { username, personId, who }: { username: Username; personId: string | null; who: string },
): Promise<z.output<typeof StatusRow>> {
  const key = usernameKey(username)
  const candidates = candidatesFor(username, who)
  const rows = await prisma.$queryRaw`
    SELECT asked.status,
           CASE WHEN asked.status = 'held' THEN asked.held_until END AS until,
           CASE WHEN asked.status IN ('available', 'yours') THEN '{}'
                ELSE free_usernames(${candidates}::text[], 5) END AS suggestions
    FROM (SELECT username_status(u, ${personId}) AS status, u.held_until
          FROM (VALUES (${key})) AS wanted(key) LEFT JOIN usernames u ON u.key = wanted.key) AS asked`
  const [row] = z.tuple([StatusRow]).parse(rows)
  return row
}
