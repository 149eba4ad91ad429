import * as z from 'zod'
import type { Skeleton } from '../../shared/confusables.ts'
import { UsernameStatus } from '../../shared/schemas.ts'
import type { Username } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import type { Person } from './person.ts'

/** A name, what it looks like, and the person to whom it may be available, taken or their own. */
export interface Asked {
  readonly username: Username
  /** Null where look-alikes are allowed. */
  readonly skeleton: Skeleton | null
  /** Null for nobody. */
  readonly person: Person | null
}

const KnownStatus = z.object({
  status: UsernameStatus,
  /**
   * For a name that is held, or looks like some that are: in how many milliseconds the last of them is free,
   * or 23 days if that is less.
   */
  freeInMs: z.int().nullable(),
})
export type KnownStatus = z.output<typeof KnownStatus>

/** What claiming names would meet at this moment, for each that is asked about, in one statement. */
export async function statusesOf(prisma: PrismaClient, asked: readonly Asked[]): Promise<KnownStatus[]> {
  const names = asked.map(({ username }) => username)
  const skeletons = asked.map(({ skeleton }) => skeleton)
  const people = asked.map(({ person }) => person?.id ?? null)
  const emails = asked.map(({ person }) => person?.email ?? null)
  const rows = await prisma.$queryRaw`
    SELECT found.status,
           CASE WHEN free.at IS NOT NULL
                THEN least(ceil(1000 * extract(epoch FROM free.at - clock_timestamp())), 2e9)::int
           END AS "freeInMs"
    FROM unnest(${names}::text[], ${skeletons}::text[], ${people}::text[], ${emails}::text[])
           WITH ORDINALITY AS asked(name, skeleton, person, email, at)
    CROSS JOIN LATERAL look_up_username(asked.name, asked.skeleton, asked.person, asked.email) AS found
    CROSS JOIN LATERAL (SELECT CASE found.status
                                 WHEN 'held' THEN (found.name).held_until
                                 WHEN 'too-similar' THEN (
                                   SELECT max(held.held_until) FROM usernames held
                                   WHERE held.owner_id IN ((found.name).owner_id, (found.rival).owner_id)
                                     AND held.look = asked.skeleton AND held.held_until > clock_timestamp()
                                 )
                               END AS at) AS free
    ORDER BY asked.at`
  return z.array(KnownStatus).length(asked.length).parse(rows)
}
