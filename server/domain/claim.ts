import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { Username, type UsernameKey, usernameKey } from '../../shared/username.ts'
import { databaseFault } from '../database/errors.ts'
import type { Query, Row } from '../database/query.ts'
import { transact } from '../database/transact.ts'
import { type Candidates, firstCandidates, mostSuggested, suggest } from './free-names.ts'
import type { NameRules } from './name-rules.ts'
import { oneEach } from './one-each.ts'
import type { Person } from './person.ts'
import type { Asker } from './suggestions.ts'
import { inWords, Words } from './words.ts'

/** How a claim ended. Losing is an answer here, not an error. */
export type ClaimOutcome =
  | {
      outcome: 'claimed'
      key: UsernameKey
      claimedAt: Date
      /** The name that it replaced, and until when that one is held. */
      previous: { username: Username; heldUntil: Date } | undefined
      /** How the name was displayed before, whoever had it, where its capitals changed. */
      respelled: Username | undefined
    }
  | { outcome: 'taken' | 'reserved'; suggestions: string[] }
  | { outcome: 'held'; until: Date; suggestions: string[] }
  /** `resembles` is null where the other name is not for everybody to see. */
  | { outcome: 'too-similar'; resembles: string | null; suggestions: string[] }
  | { outcome: 'too-often'; until: Date }
  | { outcome: 'key-reused' }
  /** The account of whoever claims was deleted while the claim was on its way. */
  | { outcome: 'forgotten' }

export interface Claim {
  readonly person: Person
  readonly username: Username
  /** The caller's key for this claim: with the same one, a claim that succeeded is answered alike. */
  readonly idempotencyKey?: string | undefined
}

/** How a claim is lost: somebody else has the name, or one that looks like it. */
const LostRow = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.enum(['taken', 'reserved']), suggestions: Words }),
  z.object({ outcome: z.literal('held'), until: z.date(), suggestions: Words }),
  z.object({ outcome: z.literal('too-similar'), resembles: z.string().nullable(), suggestions: Words }),
])
type LostRow = z.output<typeof LostRow>

/** How the `claim_username` function of the database says a claim ended. */
const ClaimRow = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('claimed'),
    taken_at: z.date(),
    previous: z.nullable(Username),
    until: z.date().nullable(),
    respelled: z.nullable(Username),
  }),
  ...LostRow.options,
  z.object({ outcome: z.literal('too-often'), until: z.date() }),
  z.object({ outcome: z.enum(['key-reused', 'forgotten']) }),
])
type ClaimRow = z.output<typeof ClaimRow>

/** How `claim_usernames` does, of each of several. */
const GroupRow = z.discriminatedUnion('outcome', [
  ...ClaimRow.options,
  z.object({ outcome: z.literal('alone') }),
])

const GroupRows = z.array(GroupRow)

/**
 * Claims a name for a person, or renames them to it, in one statement. A loser may take one or two more, to
 * find names to suggest.
 *
 * Claiming one's own name succeeds and changes nothing (at most the capitals it is shown
 * with). Of any number of claims at once, from any number of processes, one wins; see the
 * function in prisma/functions.sql for how.
 *
 * It is over when the synchronous standby, if there is one, has what it tells of, whoever did that.
 *
 * @param expectsLoss whether names to suggest are looked up with it: what a winner pays for in vain
 */
export async function claimUsername(
  query: Query,
  claim: Claim,
  rules: NameRules,
  expectsLoss = false,
): Promise<ClaimOutcome> {
  const [end] = await claimAlone(query, claim, rules, expectsLoss)
  return end
}

/** In a list, as of several: its end may be a promise that waits for names to suggest. */
async function claimAlone(
  query: Query,
  claim: Claim,
  rules: NameRules,
  expectsLoss: boolean,
): Promise<[ClaimOutcome | Promise<ClaimOutcome>]> {
  const { person, username, idempotencyKey = null } = claim
  const { skeletons, version } = skeletonsOf([username], rules.lookAlikes)
  const { asker, first } = claimantOf(claim, rules, expectsLoss)
  const rows = await transact(
    () => query`
      SELECT c.*, CASE WHEN c.outcome IN ('taken', 'reserved', 'held', 'too-similar')
                       THEN array_to_string(free_usernames(
                         string_to_array(${first && inWords(first.names)}, ' '),
                         string_to_array(${first && inWords(first.skeletons)}, ' ', ''),
                         ${mostSuggested}::int
                       ), ' ') END AS suggestions,
        CASE WHEN c.outcome = 'claimed' THEN wait_for_standby()::text END AS waited
      FROM claim_username(
        ${person.id}, ${person.name}, ${person.email ?? null},
        ${username}, ${skeletons[0] ?? null}, ${version},
        ${rules.holdDays}::int, ${rules.renames?.most ?? null}::int, ${rules.renames?.days ?? 0}::int,
        ${idempotencyKey}
      ) AS c`,
  )
  const end = ClaimRow.parse(rows[0])
  if (!isLost(end)) return [outcomeOf(end, claim)]
  const [names] = suggest(query, [{ asker, first, free: end.suggestions }], rules.lookAlikes)
  return [lostWith(end, names)]
}

/**
 * Claims names in one statement, each as if alone; answers how they end, in their order. A promise among
 * the ends waits only for names to suggest, or for a claim that is made once more.
 *
 * One of several that fails, or would hold the others up, is claimed once more without them, and so are
 * all of a statement that the database undid. Only where that can't be known they fail together.
 *
 * @param expectsLoss whether names to suggest are looked up with them: for which winners wait too, and with
 * which they fail
 */
export async function claimUsernames(
  query: Query,
  claims: readonly Claim[],
  rules: NameRules,
  expectsLoss = false,
): Promise<(ClaimOutcome | Promise<ClaimOutcome>)[]> {
  const [only, ...others] = claims
  if (only !== undefined && others.length === 0) return claimAlone(query, only, rules, expectsLoss)
  const alone = (claim: Claim) => claimUsername(query, claim, rules, expectsLoss)
  const names = claims.map(({ username }) => username)
  const { skeletons, version } = skeletonsOf(names, rules.lookAlikes)
  const claimants = claims.map((claim) => claimantOf(claim, rules, expectsLoss))
  const firstNames = claimants.map(({ first }) => first && inWords(first.names))
  const firstSkeletons = claimants.map(({ first }) => first && inWords(first.skeletons))
  let rows: Row[]
  let isSoon = true
  const later = setTimeout(() => {
    isSoon = false
  }, soonMs)
  try {
    rows = await query`
      SELECT c.*, CASE WHEN c.outcome IN ('taken', 'reserved', 'held', 'too-similar')
                       THEN array_to_string(free_usernames(
                         string_to_array((${firstNames}::text[])[c.at], ' '),
                         string_to_array((${firstSkeletons}::text[])[c.at], ' ', ''),
                         ${mostSuggested}::int
                       ), ' ') END AS suggestions,
        CASE WHEN c.outcome = 'claimed' THEN wait_for_standby()::text END AS waited
      FROM claim_usernames(
        ${claims.map(({ person }) => person.id)}::text[],
        ${claims.map(({ person }) => person.name)}::text[],
        ${claims.map(({ person }) => person.email ?? null)}::text[],
        ${names}::text[], ${skeletons}::text[], ${version},
        ${rules.holdDays}::int, ${rules.renames?.most ?? null}::int, ${rules.renames?.days ?? 0}::int,
        ${claims.map(({ idempotencyKey }) => idempotencyKey ?? null)}::text[]
      ) AS c ORDER BY c.at`
  } catch (error) {
    if (!isUndone(error, isSoon)) throw error
    return claims.map(alone)
  } finally {
    clearTimeout(later)
  }
  const ends = oneEach(claimants, GroupRows.parse(rows))
  const losers = ends.flatMap(([{ asker, first }, end]) =>
    isLost(end) ? [{ asker, first, free: end.suggestions, end }] : [],
  )
  const lost = losers.map(({ end }) => end)
  const suggestions = new Map(oneEach(lost, suggest(query, losers, rules.lookAlikes)))
  return ends.map(([{ claim }, end]) => {
    if (end.outcome === 'alone') return alone(claim)
    return isLost(end) ? lostWith(end, suggestions.get(end)) : outcomeOf(end, claim)
  })
}

/**
 * Sooner than this, in milliseconds, no limit of Dibs' own ends a statement: the server did, when the lock
 * came in the moment in which it was no longer waited for (SQLSTATE 57014 in place of 55P03).
 */
const soonMs = 1_000

/** Whether the database certainly did nothing of a statement that failed, and may be asked again. */
function isUndone(error: unknown, isSoon: boolean): boolean {
  const kind = databaseFault(error)?.kind
  if (kind === 'timeout') return isSoon
  return kind !== undefined && kind !== 'unavailable'
}

/** Whether somebody else has the name, or one that looks like it. */
export function isLost<End extends { readonly outcome: string }>(
  end: End,
): end is Extract<End, { readonly suggestions: string[] }> {
  return 'suggestions' in end
}

function outcomeOf(row: Exclude<ClaimRow, LostRow>, { username }: Claim): ClaimOutcome {
  if (row.outcome !== 'claimed') return row
  const { taken_at, previous, until, respelled } = row
  return {
    outcome: 'claimed',
    key: usernameKey(username),
    claimedAt: taken_at,
    previous: previous !== null && until !== null ? { username: previous, heldUntil: until } : undefined,
    respelled: respelled ?? undefined,
  }
}

function lostWith(
  end: LostRow,
  suggestions: string[] | Promise<string[]> = [],
): ClaimOutcome | Promise<ClaimOutcome> {
  if (suggestions instanceof Promise) return suggestions.then((names) => lostWith(end, names))
  return { ...end, suggestions }
}

/** Who claims what, and the names that are looked up with it, to suggest them should it be lost. */
interface Claimant {
  readonly claim: Claim
  readonly asker: Asker
  readonly first: Candidates | null
}

function claimantOf(claim: Claim, { lookAlikes }: NameRules, expectsLoss: boolean): Claimant {
  const { person, username } = claim
  const asker = { wanted: username, displayName: person.name, who: person.id }
  return { claim, asker, first: expectsLoss ? firstCandidates(asker, lookAlikes) : null }
}
