import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { Username, type UsernameKey, usernameKey } from '../../shared/username.ts'
import { databaseFault } from '../database/errors.ts'
import type { Query, Row } from '../database/query.ts'
import { transact } from '../database/transact.ts'
import { firstCandidates, mostSuggested, Suggested, suggest, suggestFurther } from './free-names.ts'
import type { NameRules } from './name-rules.ts'
import { oneEach } from './one-each.ts'
import type { Person } from './person.ts'
import type { Asker } from './suggestions.ts'
import { inWords } from './words.ts'

/** How a claim ended. Losing is an answer here, not an error. */
export type ClaimOutcome =
  | {
      outcome: 'claimed'
      key: UsernameKey
      claimedAt: Date
      /** The name that it replaced, and until when that one is held. */
      previous: { username: Username; heldUntil: Date } | undefined
      /** How the name was displayed before, where only its capitals changed. */
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

/** How the `claim_username` function of the database says a claim ended. */
const ClaimRow = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('claimed'),
    taken_at: z.date(),
    previous: z.nullable(Username),
    until: z.date().nullable(),
    respelled: z.nullable(Username),
  }),
  z.object({ outcome: z.enum(['taken', 'reserved']) }),
  z.object({ outcome: z.literal('held'), until: z.date() }),
  z.object({ outcome: z.literal('too-similar'), resembles: z.string().nullable() }),
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
 * Claims a name for a person, or renames them to it, in one statement. A loser may take another one,
 * to find enough names to suggest.
 *
 * Claiming one's own name succeeds and changes nothing (at most the capitals it is shown
 * with). Of any number of claims at once, from any number of processes, one wins; see the
 * function in the migrations for how.
 *
 * It is over when the synchronous standby, if there is one, has what it tells of, whoever did that.
 */
export async function claimUsername(query: Query, claim: Claim, rules: NameRules): Promise<ClaimOutcome> {
  const { person, username, idempotencyKey = null } = claim
  const { skeletons, version } = skeletonsOf([username], rules.lookAlikes)
  const asker = askerOf(claim)
  const first = firstCandidates(asker, rules.lookAlikes)
  const rows = await transact(
    () => query`
      SELECT c.*, CASE WHEN c.outcome IN ('taken', 'reserved', 'held', 'too-similar')
                       THEN array_to_string(free_usernames(
                         string_to_array(${inWords(first.names)}, ' '),
                         string_to_array(${inWords(first.skeletons)}, ' ', ''),
                         ${mostSuggested}::int
                       ), ' ') ELSE '' END AS suggestions,
        CASE WHEN c.outcome = 'claimed' THEN wait_for_standby()::text END AS waited
      FROM claim_username(
        ${person.id}, ${person.name}, ${person.email ?? null},
        ${username}, ${skeletons[0] ?? null}, ${version},
        ${rules.holdDays}::int, ${rules.renames?.most ?? null}::int, ${rules.renames?.days ?? 0}::int,
        ${idempotencyKey}
      ) AS c`,
  )
  const [row] = rows
  const end = ClaimRow.parse(row)
  if (!isLost(end)) return outcomeOf(end, claim)
  const { suggestions: free } = Suggested.parse(row)
  const [suggestions] = suggestFurther(query, [{ asker, first, free }], rules.lookAlikes)
  return outcomeOf(end, claim, await suggestions)
}

/**
 * Claims several names in one statement, each as if alone; answers how they end, in their order.
 *
 * One that fails, or would hold the others up, is claimed once more without them, and so are all
 * of a statement that the database undid. Only where that can't be known they fail together.
 */
export async function claimUsernames(
  query: Query,
  claims: readonly Claim[],
  rules: NameRules,
): Promise<(ClaimOutcome | Promise<ClaimOutcome>)[]> {
  const alone = (claim: Claim) => claimUsername(query, claim, rules)
  const names = claims.map(({ username }) => username)
  const { skeletons, version } = skeletonsOf(names, rules.lookAlikes)
  let rows: Row[]
  let isSoon = true
  const later = setTimeout(() => {
    isSoon = false
  }, soonMs)
  try {
    rows = await query`
      SELECT c.*,
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
  const ends = oneEach(claims, GroupRows.parse(rows))
  const losers = ends.filter(([, end]) => isLost(end)).map(([claim]) => claim)
  const suggested = losers.length === 0 ? undefined : suggestionsFor(query, losers, rules)
  return ends.map(([claim, end]) => {
    if (end.outcome === 'alone') return alone(claim)
    if (!isLost(end)) return outcomeOf(end, claim)
    return Promise.resolve(suggested).then(async (all) => outcomeOf(end, claim, await all?.get(claim)))
  })
}

/** Names to suggest to losers, looked up for all of them in one statement: winners don't wait for it. */
async function suggestionsFor(
  query: Query,
  losers: readonly Claim[],
  rules: NameRules,
): Promise<ReadonlyMap<Claim, string[] | Promise<string[]>>> {
  const names = await suggest(query, losers.map(askerOf), rules.lookAlikes)
  return new Map(losers.map((claim, at) => [claim, names[at] ?? []]))
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
function isLost({ outcome }: z.output<typeof GroupRow>): boolean {
  return lost.has(outcome)
}

const lost: ReadonlySet<string> = new Set(['taken', 'reserved', 'held', 'too-similar'])

function askerOf({ person, username }: Claim): Asker {
  return { wanted: username, displayName: person.name, who: person.id }
}

function outcomeOf(row: ClaimRow, { username }: Claim, suggestions: string[] = []): ClaimOutcome {
  switch (row.outcome) {
    case 'claimed': {
      const { taken_at, previous, until, respelled } = row
      return {
        outcome: 'claimed',
        key: usernameKey(username),
        claimedAt: taken_at,
        previous: previous !== null && until !== null ? { username: previous, heldUntil: until } : undefined,
        respelled: respelled ?? undefined,
      }
    }
    case 'taken':
    case 'reserved':
      return { outcome: row.outcome, suggestions }
    case 'held':
      return { outcome: 'held', until: row.until, suggestions }
    case 'too-similar':
      return { outcome: 'too-similar', resembles: row.resembles, suggestions }
    default:
      return row
  }
}
