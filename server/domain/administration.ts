import * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import { transact } from '../database/transact.ts'
import type { NameRules } from './name-rules.ts'

/** Who does it, and why: what the history keeps. Nobody is whoever runs the service. */
export interface Deed {
  readonly username: Username
  readonly actorId: string | null
  readonly note: string | undefined
}

const ReserveRow = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('reserved'), former: z.nullable(Username) }),
  z.object({ outcome: z.literal('taken') }),
  z.object({ outcome: z.literal('held'), until: z.date() }),
])

/**
 * Reserves a name, or changes why or for whom it is reserved, in one statement: claims in
 * flight end before it or meet it. A name that is somebody's, or held for them, stays theirs.
 * It answers how the name was displayed before, as far as this statement saw from its start.
 *
 * @param email in lower case, of the one person who may claim it all the same
 */
export async function reserveUsername(
  prisma: PrismaClient,
  {
    username,
    because,
    email,
    actorId,
    note,
    rules,
  }: Deed & { because: string; email: string | undefined; rules: NameRules },
): Promise<z.output<typeof ReserveRow>> {
  const { skeletons, version } = skeletonsOf([username], rules.lookAlikes)
  const [skeleton = null] = skeletons
  const rows = await transact(
    () => prisma.$queryRaw`
      SELECT r.*, (SELECT u.display FROM usernames u WHERE u.key = ${usernameKey(username)}) AS former
      FROM reserve_username(
        ${username}, ${skeleton}, ${version}, ${because}, ${email ?? null}, ${actorId}, ${note ?? null}
      ) AS r`,
  )
  const [row] = z.tuple([ReserveRow]).parse(rows)
  return row
}

const FreeRow = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('released'),
    was: z.enum(['taken', 'held', 'reserved']),
    display: Username,
    until: z.date().nullable(),
  }),
  z.object({ outcome: z.literal('unused') }),
])

/**
 * Gives up whatever stands in the way of claiming a name, in one statement: a reservation ends,
 * a current name is held for its owner from now on, a held one becomes anybody's.
 *
 * @param atOnce frees a current name too, without holding it
 */
export async function freeUsername(
  prisma: PrismaClient,
  { username, atOnce, actorId, note, rules }: Deed & { atOnce: boolean; rules: Pick<NameRules, 'holdDays'> },
): Promise<z.output<typeof FreeRow>> {
  const rows = await transact(
    () => prisma.$queryRaw`
      SELECT * FROM free_username(
        ${usernameKey(username)}, ${rules.holdDays}::int, ${atOnce}, ${actorId}, ${note ?? null}
      )`,
  )
  const [row] = z.tuple([FreeRow]).parse(rows)
  return row
}

const TransferRow = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('transferred'),
    display: Username,
    from_person: z.string().nullable(),
    previous: z.nullable(Username),
  }),
  z.object({ outcome: z.enum(['unused', 'forgotten', 'too-similar']) }),
])

/**
 * Hands a name that is somebody's, held or reserved to a person, as their current one, in one
 * statement. The one they had is held for them; its last owner has none then.
 */
export async function transferUsername(
  prisma: PrismaClient,
  {
    username,
    to,
    actorId,
    note,
    rules,
  }: Deed & { to: { readonly id: string; readonly name: string }; rules: Pick<NameRules, 'holdDays'> },
): Promise<z.output<typeof TransferRow>> {
  const rows = await transact(
    () => prisma.$queryRaw`
      SELECT * FROM transfer_username(
        ${usernameKey(username)}, ${to.id}, ${to.name}, ${rules.holdDays}::int, ${actorId}, ${note ?? null}
      )`,
  )
  const [row] = z.tuple([TransferRow]).parse(rows)
  return row
}
