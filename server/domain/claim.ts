import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { Username, type UsernameKey, usernameKey } from '../../shared/username.ts'
import { databaseFault } from '../database/errors.ts'
import type { Query, Row } from '../database/query.ts'
import { transact } from '../database/transact.ts'
import type { NameRules } from './name-rules.ts'
import type { Person } from './person.ts'
import { candidatesFor } from './suggestions.ts'

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

const suggestions = z.array(z.string())

/** What `claim_username` answers, and what can be suggested. */
const ClaimRow = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('claimed'),
    taken_at: z.date(),
    previous: Username.nullable(),
    until: z.date().nullable(),
    respelled: Username.nullable(),
  }),
  z.object({ outcome: z.enum(['taken', 'reserved']), suggestions }),
  z.object({ outcome: z.literal('held'), until: z.date(), suggestions }),
  z.object({ outcome: z.literal('too-similar'), resembles: z.string().nullable(), suggestions }),
  z.object({ outcome: z.literal('too-often'), until: z.date() }),
  z.object({ outcome: z.enum(['key-reused', 'forgotten']) }),
])

/** What `claim_usernames` answers for each of several claims. */
const GroupRow = z.discriminatedUnion('outcome', [
  ...ClaimRow.options,
  z.object({ outcome: z.literal('alone') }),
])

/**
 * Claims a name for a person, or renames them to it, in one statement.
 *
 * Claiming one's own name succeeds and changes nothing (at most the capitals it is shown
 * with). Of any number of claims at once, from any number of processes, one wins; see the
 * function in the migrations for how.
 */
export async function claimUsername(query: Query, claim: Claim, rules: NameRules): Promise<ClaimOutcome> {
  const { person, username, idempotencyKey = null } = claim
  const { skeleton, version, candidates, candidateSkeletons } = looksOf(claim, rules)
  const rows = await transact(
    () => query`
      SELECT c.*, suggestions_for(c.outcome, ${candidates}, ${candidateSkeletons}) AS suggestions
      FROM claim_username(
        ${person.id}, ${person.name}, ${person.email ?? null},
        ${username}, ${skeleton}, ${version},
        ${rules.holdDays}::int, ${rules.renames?.most ?? null}::int, ${rules.renames?.days ?? 0}::int,
        ${idempotencyKey}
      ) AS c`,
  )
  const [row] = z.tuple([ClaimRow]).parse(rows)
  return outcomeOf(row, claim)
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
  const looks = claims.map((claim) => looksOf(claim, rules))
  const alone = (claim: Claim) => claimUsername(query, claim, rules)
  let rows: Row[]
  try {
    rows = await query`
      SELECT * FROM claim_usernames(
        ${claims.map(({ person }) => person.id)}::text[],
        ${claims.map(({ person }) => person.name)}::text[],
        ${claims.map(({ person }) => person.email ?? null)}::text[],
        ${claims.map(({ username }) => username)}::text[],
        ${looks.map(({ skeleton }) => skeleton)}::text[], ${looks[0]?.version ?? null},
        ${rules.holdDays}::int, ${rules.renames?.most ?? null}::int, ${rules.renames?.days ?? 0}::int,
        ${claims.map(({ idempotencyKey }) => idempotencyKey ?? null)}::text[],
        ${looks.map(({ candidates }) => candidates)}::text[],
        ${looks.map(({ candidateSkeletons }) => candidateSkeletons)}::text[]
      ) ORDER BY at`
  } catch (error) {
    if (!isUndone(error)) throw error
    return claims.map(alone)
  }
  const ends = z.array(GroupRow).length(claims.length).parse(rows)
  return claims.map((claim, at) => {
    const end = ends[at]
    return end === undefined || end.outcome === 'alone' ? alone(claim) : outcomeOf(end, claim)
  })
}

/** Whether the database certainly did nothing of a statement that failed. */
function isUndone(error: unknown): boolean {
  const kind = databaseFault(error)?.kind
  return kind !== undefined && kind !== 'unavailable' && kind !== 'timeout'
}

/** What a name and its candidates look like, as the functions take them. */
function looksOf({ person, username }: Claim, { lookAlikes }: NameRules) {
  const candidates = candidatesFor({ wanted: username, displayName: person.name, who: person.id })
  const { skeletons, version } = skeletonsOf([username, ...candidates], lookAlikes)
  const [skeleton = null, ...others] = skeletons
  return {
    skeleton,
    version,
    candidates: candidates.join(' '),
    candidateSkeletons: version && others.join(' '),
  }
}

function outcomeOf(row: z.output<typeof ClaimRow>, { username }: Claim): ClaimOutcome {
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
