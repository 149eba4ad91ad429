import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { UsernameStatus } from '../../shared/schemas.ts'
import type { Username } from '../../shared/username.ts'
import type { Query } from '../database/query.ts'
import type { NameRules } from './name-rules.ts'
import type { Person } from './person.ts'
import { candidatesFor } from './suggestions.ts'

const StatusRow = z.object({
  status: UsernameStatus,
  until: z.date().nullable(),
  resembles: z.string().nullable(),
  suggestions: z.array(z.string()),
})

export type Standing = z.output<typeof StatusRow>

export interface Check {
  readonly username: Username
  /** Who asks; null when signed out. */
  readonly person: Person | null
  /** Tells askers apart, so that they are not all suggested the same names. */
  readonly who: string
  readonly rules: NameRules
}

/**
 * What claiming a name would meet at this moment. Advice only: a moment later it may be
 * otherwise, and no write consults it.
 */
export async function checkUsername(
  query: Query,
  { username, person, who, rules }: Check,
): Promise<Standing> {
  const candidates = candidatesFor({ wanted: username, displayName: person?.name ?? '', who })
  const [wanted = null, ...others] = skeletonsOf([username, ...candidates], rules.lookAlikes).skeletons
  const rows = await query`
    SELECT asked.status,
           CASE WHEN asked.status = 'held' THEN (asked.name).held_until END AS until,
           asked.resembles,
           CASE WHEN asked.status IN ('available', 'yours') THEN '{}'
                ELSE free_usernames(${candidates}::text[], ${others}::text[], 5) END AS suggestions
    FROM look_up_username(${username}, ${wanted}, ${person?.id ?? null}, ${person?.email ?? null}) AS asked`
  const [row] = z.tuple([StatusRow]).parse(rows)
  return row
}
