import * as z from 'zod'
import { type Username, type UsernameKey, usernameKey } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import { transact } from '../database/transact.ts'
import { candidatesFor } from './suggestions.ts'

/** How a claim ended. Losing is an answer here, not an error. */
export type ClaimOutcome =
  | { outcome: 'claimed'; key: UsernameKey; claimedAt: Date; previous: string | undefined }
  | { outcome: 'taken' | 'reserved'; suggestions: string[] }
  | { outcome: 'held'; until: Date; suggestions: string[] }

export interface Claim {
  readonly person: { readonly id: string; readonly name: string }
  readonly username: Username
  /** For how many days the name that this one replaces is held for its owner. */
  readonly holdDays: number
}

const suggestions = z.array(z.string())

/** What the `claim_username` function of the database answers. */
const ClaimRow = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('claimed'), taken_at: z.date(), previous: z.string().nullable() }),
  z.object({ outcome: z.enum(['taken', 'reserved']), suggestions }),
  z.object({ outcome: z.literal('held'), until: z.date(), suggestions }),
])

/**
 * Claims a name for a person, or renames them to it, in one statement.
 *
 * Claiming one's own name succeeds and changes nothing (at most the capitals it is shown
 * with). Of any number of claims at once, from any number of processes, one wins; see the
 * function in the first migration for how.
 */
export async function claimUsername(
  prisma: PrismaClient,
  { person, username, holdDays }: Claim,
): Promise<ClaimOutcome> {
  const key = usernameKey(username)
  const candidates = candidatesFor({ wanted: username, displayName: person.name, who: person.id })
  const rows = await transact(
    () =>
      prisma.$queryRaw`SELECT * FROM claim_username(${person.id}, ${person.name}, ${key}, ${username}, ${holdDays}::int, ${candidates})`,
  )
  const [row] = z.tuple([ClaimRow]).parse(rows)
  if (row.outcome !== 'claimed') return row
  return { outcome: 'claimed', key, claimedAt: row.taken_at, previous: row.previous ?? undefined }
}
