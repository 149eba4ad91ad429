import * as z from 'zod'
import { type LookAlikes, skeletonsOf } from '../../shared/look-alikes.ts'
import type { Username } from '../../shared/username.ts'
import { databaseFault } from '../database/errors.ts'
import type { Query } from '../database/query.ts'
import { type Asker, candidatesFor } from './suggestions.ts'

/** How many names are suggested to somebody. */
export const mostSuggested = 5

/** How many candidates are looked up at first: mostly five of them are free, and all 15 cost twice as much. */
const mostAtFirst = 7

/** Names that could be suggested, and what they look like. */
export interface Candidates {
  readonly names: readonly Username[]
  readonly skeletons: readonly (string | null)[]
}

const Suggestions = z.array(z.object({ suggestions: z.string() }))

/** The best names to suggest to somebody, still to be looked up. */
export function firstCandidates(asker: Asker, lookAlikes: LookAlikes): Candidates {
  return candidates(asker, lookAlikes, mostAtFirst)
}

/** Names for each of several who ask, of those that are free; only who has too few waits for more. */
export async function suggest(
  query: Query,
  askers: readonly Asker[],
  lookAlikes: LookAlikes,
): Promise<(string[] | Promise<string[]>)[]> {
  const first = askers.map((asker) => firstCandidates(asker, lookAlikes))
  const free = await freeOf(query, first)
  if (free === null) return askers.map(() => [])
  const short = askers.filter((_, at) => isTooFew(free[at], first[at]))
  const more = short.length === 0 ? null : lookFurther(query, short, lookAlikes)
  return askers.map((asker, at) => {
    const known = free[at] ?? []
    const place = short.indexOf(asker)
    return more === null || place === -1 ? known : more.then((found) => found?.[place] ?? known)
  })
}

/** The same for one, of whose first candidates the free ones are known. */
export async function suggestFurther(
  query: Query,
  asker: Asker,
  lookAlikes: LookAlikes,
  { first, free }: { first: Candidates; free: string[] },
): Promise<string[]> {
  if (!isTooFew(free, first)) return free
  const found = await lookFurther(query, [asker], lookAlikes)
  return found?.[0] ?? free
}

/** Whether there are further candidates, and somebody needs them. */
function isTooFew(free: readonly string[] | undefined, first: Candidates | undefined): boolean {
  return free !== undefined && free.length < mostSuggested && first?.names.length === mostAtFirst
}

/** Looks at all the candidates of some who ask. */
function lookFurther(query: Query, askers: readonly Asker[], lookAlikes: LookAlikes) {
  return freeOf(
    query,
    askers.map((asker) => candidates(asker, lookAlikes)),
  )
}

function candidates(asker: Asker, lookAlikes: LookAlikes, most?: number): Candidates {
  const names = candidatesFor(asker, most)
  return { names, skeletons: skeletonsOf(names, lookAlikes).skeletons }
}

/**
 * The free ones of several lists of candidates, in one statement. They are only advice: null where
 * the database can't say now, so that whoever lost is told of that all the same.
 */
async function freeOf(query: Query, lists: readonly Candidates[]): Promise<string[][] | null> {
  // PostgreSQL has no arrays of arrays of different lengths, and the driver reads an array more slowly than
  // words are split.
  const inWords = (words: readonly (string | null)[]) => words.join(' ')
  try {
    const rows = await query`
      SELECT array_to_string(
        free_usernames(string_to_array(c.names, ' '), string_to_array(c.skeletons, ' ', ''), ${mostSuggested}::int),
        ' '
      ) AS suggestions
      FROM unnest(
        ${lists.map(({ names }) => inWords(names))}::text[],
        ${lists.map(({ skeletons }) => inWords(skeletons))}::text[]
      ) WITH ORDINALITY AS c(names, skeletons, at) ORDER BY c.at`
    return Suggestions.parse(rows).map(({ suggestions }) =>
      suggestions === '' ? [] : suggestions.split(' '),
    )
  } catch (error) {
    if (!passing.has(databaseFault(error)?.kind)) throw error
    return null
  }
}

/** Faults that are no defect. */
const passing: ReadonlySet<string | undefined> = new Set(['retry', 'unavailable', 'timeout'])
