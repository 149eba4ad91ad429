import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { UsernameStatus } from '../../shared/schemas.ts'
import type { Username } from '../../shared/username.ts'
import type { Query } from '../database/query.ts'
import { firstCandidates, mostSuggested, suggestFurther } from './free-names.ts'
import type { NameRules } from './name-rules.ts'
import type { Person } from './person.ts'

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
  const asker = { wanted: username, displayName: person?.name ?? '', who }
  const first = firstCandidates(asker, rules.lookAlikes)
  const [wanted = null] = skeletonsOf([username], rules.lookAlikes).skeletons
  const rows = await query`
    SELECT asked.status,
           CASE WHEN asked.status = 'held' THEN (asked.name).held_until END AS until,
           asked.resembles,
           CASE WHEN asked.status IN ('available', 'yours') THEN '{}'
                ELSE free_usernames(${first.names}::text[], ${first.skeletons}::text[], ${mostSuggested}::int) END AS suggestions
    FROM look_up_username(${username}, ${wanted}, ${person?.id ?? null}, ${person?.email ?? null}) AS asked`
  const row = StatusRow.parse(rows[0])
  if (row.status === 'available' || row.status === 'yours') return row
  const found = { first, free: row.suggestions }
  return { ...row, suggestions: await suggestFurther(query, asker, rules.lookAlikes, found) }
}
