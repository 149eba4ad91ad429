import * as z from 'zod'
import { type LookAlikes, skeletonsOf } from '../../shared/look-alikes.ts'
import type { Username } from '../../shared/username.ts'
import { databaseFault } from '../database/errors.ts'
import type { Query } from '../database/query.ts'
import { oneEach } from './one-each.ts'
import { type Asker, candidatesFor } from './suggestions.ts'
import { inWords, Words } from './words.ts'

/** How many names are suggested to somebody. */
export const mostSuggested = 5

/** How many candidates are looked up at first: mostly five of them are free, and all 15 cost twice as much. */
const mostAtFirst = 7

/** Names that could be suggested, and what they look like. */
export interface Candidates {
  readonly names: readonly Username[]
  readonly skeletons: readonly (string | null)[]
}

/** Names to suggest, of each row. */
const SuggestedToEach = z.array(z.object({ suggestions: Words }))

/** The best names to suggest to somebody, still to be looked up. */
export function firstCandidates(asker: Asker, lookAlikes: LookAlikes): Candidates {
  return candidates(asker, lookAlikes, mostAtFirst)
}

/** Somebody of whose first candidates the free ones are known. */
interface FirstLook {
  readonly asker: Asker
  readonly first: Candidates
  readonly free: string[]
}

/** Somebody to suggest names to; nothing was looked up for them yet where there are no first candidates. */
interface Wanting {
  readonly asker: Asker
  readonly first: Candidates | null
  readonly free: string[]
}

/**
 * Names for each of several who ask, of those that are free. Only who has too few, or for whom nothing was
 * looked up yet, waits for more, which is one statement for all of them. Nothing was for all, or for none.
 */
export function suggest(
  query: Query,
  several: readonly Wanting[],
  lookAlikes: LookAlikes,
): (string[] | Promise<string[]>)[] {
  const looked = several.flatMap(({ asker, first, free }) => (first === null ? [] : [{ asker, first, free }]))
  if (looked.length === several.length) return suggestFurther(query, looked, lookAlikes)
  const askers = several.map(({ asker }) => asker)
  const later = lookFirst(query, askers, lookAlikes)
  return several.map((_, at) => later.then((names) => names[at] ?? []))
}

async function lookFirst(
  query: Query,
  askers: readonly Asker[],
  lookAlikes: LookAlikes,
): Promise<(string[] | Promise<string[]>)[]> {
  const looked = askers.map((asker) => ({ asker, first: firstCandidates(asker, lookAlikes) }))
  const free = await freeOf(
    query,
    looked.map(({ first }) => first),
  )
  if (free === null) return askers.map(() => [])
  return suggestFurther(
    query,
    oneEach(looked, free).map(([{ asker, first }, names]) => ({ asker, first, free: names })),
    lookAlikes,
  )
}

function suggestFurther(
  query: Query,
  looked: readonly FirstLook[],
  lookAlikes: LookAlikes,
): (string[] | Promise<string[]>)[] {
  const short = looked.filter(isTooFew)
  if (short.length === 0) return looked.map(({ free }) => free)
  const more = freeOf(
    query,
    short.map(({ asker }) => candidates(asker, lookAlikes)),
  )
  return looked.map((one) => {
    const place = short.indexOf(one)
    return place === -1 ? one.free : more.then((found) => found?.[place] ?? one.free)
  })
}

/** Whether there are further candidates, and somebody needs them. */
function isTooFew({ first, free }: FirstLook): boolean {
  return free.length < mostSuggested && first.names.length === mostAtFirst
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
    return SuggestedToEach.parse(rows).map(({ suggestions }) => suggestions)
  } catch (error) {
    if (!passing.has(databaseFault(error)?.kind)) throw error
    return null
  }
}

/** Faults that are no defect. */
const passing: ReadonlySet<string | undefined> = new Set(['retry', 'unavailable', 'timeout'])
