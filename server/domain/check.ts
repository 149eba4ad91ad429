import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { UsernameStatus } from '../../shared/schemas.ts'
import type { Username } from '../../shared/username.ts'
import type { Query } from '../database/query.ts'
import { firstCandidates, mostSuggested, suggest } from './free-names.ts'
import type { NameRules } from './name-rules.ts'
import { oneEach } from './one-each.ts'
import type { Person } from './person.ts'
import { inWords, Words } from './words.ts'

const StatusRow = z.object({
  status: UsernameStatus,
  until: z.date().nullable(),
  resembles: z.string().nullable(),
  /** Null for a name that may be had. */
  suggestions: Words.nullable(),
})
const StatusRows = z.array(StatusRow)

export type Standing = Omit<z.output<typeof StatusRow>, 'suggestions'> & { suggestions: string[] }

export interface Check {
  readonly username: Username
  /** Who asks; null when signed out. */
  readonly person: Person | null
  /** Tells askers apart, so that they are not all suggested the same names. */
  readonly who: string
}

/**
 * What claiming some names would meet at this moment, in one statement. Advice only: a moment later it
 * may be otherwise, and no write consults it. Only who has too few names suggested waits for more.
 */
export async function checkUsernames(
  query: Query,
  checks: readonly Check[],
  { lookAlikes }: Pick<NameRules, 'lookAlikes'>,
): Promise<(Standing | Promise<Standing>)[]> {
  const names = checks.map(({ username }) => username)
  const asked = checks.map(({ username, person, who }) => {
    const asker = { wanted: username, displayName: person?.name ?? '', who }
    return { asker, first: firstCandidates(asker, lookAlikes) }
  })
  const rows = await query`
    SELECT found.status,
           CASE WHEN found.status = 'held' THEN (found.name).held_until END AS until,
           found.resembles,
           CASE WHEN found.status NOT IN ('available', 'yours') THEN array_to_string(free_usernames(
             string_to_array(asked.candidates, ' '),
             string_to_array(asked.candidates_skeletons, ' ', ''),
             ${mostSuggested}::int
           ), ' ') END AS suggestions
    FROM unnest(
      ${names}::text[],
      ${skeletonsOf(names, lookAlikes).skeletons}::text[],
      ${checks.map(({ person }) => person?.id ?? null)}::text[],
      ${checks.map(({ person }) => person?.email ?? null)}::text[],
      ${asked.map(({ first }) => inWords(first.names))}::text[],
      ${asked.map(({ first }) => inWords(first.skeletons))}::text[]
    ) WITH ORDINALITY AS asked(name, skeleton, person, email, candidates, candidates_skeletons, at)
    CROSS JOIN LATERAL look_up_username(asked.name, asked.skeleton, asked.person, asked.email) AS found
    ORDER BY asked.at`
  const found = oneEach(asked, StatusRows.parse(rows))
  const lost = found.flatMap(([one, { suggestions: free }]) => (free === null ? [] : [{ ...one, free }]))
  const askers = lost.map(({ asker }) => asker)
  const suggested = new Map(oneEach(askers, suggest(query, lost, lookAlikes)))
  return found.map(([{ asker }, standing]) => {
    const names = suggested.get(asker) ?? []
    if (names instanceof Promise) return names.then((suggestions) => ({ ...standing, suggestions }))
    return { ...standing, suggestions: names }
  })
}
