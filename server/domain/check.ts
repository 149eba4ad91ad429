import * as z from 'zod'
import { UsernameStatus } from '../../shared/schemas.ts'
import { type Username, usernameKey } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import { candidatesFor } from './suggestions.ts'

const StatusRow = z.object({ status: UsernameStatus, suggestions: z.array(z.string()) })

interface Question {
  readonly username: Username
  /** Who asks, or null when signed out. */
  readonly personId: string | null
  /** What they are called; '' where that isn't known. */
  readonly displayName: string
  /** Tells askers apart, so that they are not all suggested the same names. */
  readonly who: string
}

/**
 * What claiming a name would meet at this moment. Advice only: a moment later it may be
 * otherwise, and no write consults it.
 */
export async function checkUsername(
  prisma: PrismaClient,
  { username, personId, displayName, who }: Question,
): Promise<z.output<typeof StatusRow>> {
  const key = usernameKey(username)
  const candidates = candidatesFor({ wanted: username, displayName, who })
  const rows = await prisma.$queryRaw`
    SELECT asked.status,
           CASE WHEN asked.status IN ('available', 'yours') THEN '{}'
                ELSE free_usernames(${candidates}::text[], 5) END AS suggestions
    FROM (SELECT username_status(u, ${personId}) AS status
          FROM (VALUES (${key})) AS wanted(key) LEFT JOIN usernames u ON u.key = wanted.key) AS asked`
  const [row] = z.tuple([StatusRow]).parse(rows)
  return row
}
