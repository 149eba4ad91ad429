import * as z from 'zod'
import { UsernameStatus } from '../../shared/schemas.ts'
import type { UsernameKey } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'

/** A name, and the person to whom it may be available, taken or their own; null for nobody. */
export interface Asked {
  readonly key: UsernameKey
  readonly personId: string | null
}

const KnownStatus = z.object({
  status: UsernameStatus,
  /** For a name that is held: in how many milliseconds it is free, or 23 days if that is less. */
  freeInMs: z.int().nullable(),
})
export type KnownStatus = z.output<typeof KnownStatus>

/** What claiming names would meet at this moment, for each that is asked about, in one statement. */
export async function statusesOf(prisma: PrismaClient, asked: readonly Asked[]): Promise<KnownStatus[]> {
  const keys = asked.map(({ key }) => key)
  const people = asked.map(({ personId }) => personId)
  // Each name is looked up by itself: a plan for all at once would come to read the whole table.
  const rows = await prisma.$queryRaw`
    SELECT found.status,
           CASE WHEN found.status = 'held'
                THEN least(ceil(1000 * extract(epoch FROM (name).held_until - clock_timestamp())), 2e9)::int
           END AS "freeInMs"
    FROM (SELECT name, username_status(name, person) AS status, at
          FROM (SELECT asked.person, asked.at, (SELECT u FROM usernames u WHERE u.key = asked.key) AS name
                FROM unnest(${keys}::text[], ${people}::text[]) WITH ORDINALITY AS asked(key, person, at)
                OFFSET 0) AS looked_up
          OFFSET 0) AS found
    ORDER BY found.at`
  return z.array(KnownStatus).length(asked.length).parse(rows)
}
