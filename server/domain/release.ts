import * as z from 'zod'
import { Username, usernameKey } from '../../shared/username.ts'
import type { Prisma, PrismaClient } from '../database/generated/client.ts'
import { transact } from '../database/transact.ts'
import type { NameRules } from './name-rules.ts'
import { isForgotten } from './people.ts'

/** What the `release_username` function of the database answers. */
const ReleaseRow = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('released'), released: Username, until: z.date() }),
  z.object({ outcome: z.literal('no-username') }),
  z.object({ outcome: z.literal('key-reused') }),
])

/** How giving up a name ended. */
export type ReleaseOutcome =
  | z.output<typeof ReleaseRow>
  /** The account of whoever releases was deleted. */
  | { readonly outcome: 'forgotten' }

export interface Release {
  readonly person: { readonly id: string }
  readonly rules: Pick<NameRules, 'holdDays'>
  /** The name to give up, should they still go by it; otherwise whichever that is. */
  readonly username?: Username | undefined
  /** The caller's key for this release: with the same one, a release that succeeded is answered alike. */
  readonly idempotencyKey?: string | undefined
}

/** Gives up a person's current name, in one statement; it is held for them, as after a rename. */
export async function releaseUsername(
  prisma: PrismaClient,
  { person, rules, username, idempotencyKey }: Release,
): Promise<ReleaseOutcome> {
  const rows = await transact(
    () =>
      // As a claim that writes nothing, one that is answered as before waits for the standby too.
      prisma.$queryRaw`
        SELECT r.*,
          CASE WHEN r.outcome = 'released' THEN wait_for_standby()::text END AS waited
        FROM release_username(
          ${person.id}, ${rules.holdDays}::int, ${idempotencyKey ?? null},
          ${username === undefined ? null : usernameKey(username)}::text
        ) AS r`,
  )
  const [row] = z.tuple([ReleaseRow]).parse(rows)
  if (row.outcome === 'no-username' && (await isForgotten(prisma, person.id))) return { outcome: 'forgotten' }
  return row
}

/**
 * Forgets a person whose account is deleted, for good: their name is held as if they had released
 * it, their profile keeps nothing but its id, and whatever they claim from then on is refused.
 *
 * @param alongside what else happens to the account: with it, or not at all
 * @returns the name that is held now, if they had one
 */
export async function forgetPerson(
  prisma: PrismaClient,
  { person, rules }: Pick<Release, 'person' | 'rules'>,
  alongside: () => Prisma.PrismaPromise<unknown>[] = () => [],
): Promise<Username | null> {
  const [rows] = await transact(() =>
    prisma.$transaction([
      prisma.$queryRaw`SELECT forget_person(${person.id}, ${rules.holdDays}::int) AS held`,
      ...alongside(),
    ]),
  )
  const [row] = z.tuple([z.object({ held: z.nullable(Username) })]).parse(rows)
  return row.held
}
