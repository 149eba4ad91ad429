import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { Username, type UsernameKey, usernameKey } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
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
  readonly rules: NameRules
  /** The caller's key for this claim: with the same one, a claim that succeeded is answered alike. */
  readonly idempotencyKey?: string | undefined
}

const suggestions = z.array(z.string())

/** What the `claim_username` function of the database answers. */
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

/**
 * Claims a name for a person, or renames them to it, in one statement.
 *
 * Claiming one's own name succeeds and changes nothing (at most the capitals it is shown
 * with). Of any number of claims at once, from any number of processes, one wins; see the
 * function in the migrations for how.
 */
export async function claimUsername(
  prisma: PrismaClient,
  { person, username, rules, idempotencyKey = undefined }: Claim,
): Promise<ClaimOutcome> {
  const key = usernameKey(username)
  const candidates = candidatesFor({ wanted: username, displayName: person.name, who: person.id })
  const { skeletons, version } = skeletonsOf([username, ...candidates], rules.lookAlikes)
  const [wanted = null, ...others] = skeletons
  const rows = await transact(
    () => prisma.$queryRaw`
      SELECT * FROM claim_username(
        ${person.id}, ${person.name}, ${person.email ?? null},
        ${username}, ${wanted}, ${version},
        ${rules.holdDays}::int, ${rules.renames?.most ?? null}::int, ${rules.renames?.days ?? 0}::int,
        ${candidates}::text[], ${others}::text[],
        ${idempotencyKey ?? null}
      )`,
  )
  const [row] = z.tuple([ClaimRow]).parse(rows)
  if (row.outcome !== 'claimed') return row
  const previous =
    row.previous !== null && row.until !== null ? { username: row.previous, heldUntil: row.until } : undefined
  return { outcome: 'claimed', key, claimedAt: row.taken_at, previous, respelled: row.respelled ?? undefined }
}
