import { claimUsername } from '../../../server/domain/claim.ts'
import type { Answer } from '../ending.ts'
import { type Asked, taken } from './claim-procedure.ts'

/** Broken: a name that is taken is taken, also by whoever asks. */
export async function forgetTheOwner(asked: Asked): Promise<Answer> {
  const { prisma, key } = asked
  if (await prisma.username.findFirst({ where: { key, heldUntil: null } })) throw taken(asked)
  return claimForSure(asked)
}

/** Our own claim, as a broken one ends. */
export async function claimForSure(asked: Asked): Promise<Answer> {
  const { query, person, username, key, rules } = asked
  const end = await claimUsername(query, { person, username }, rules)
  if (end.outcome !== 'claimed') throw taken(asked)
  const { claimedAt, previous } = end
  return {
    username,
    key,
    claimedAt: claimedAt.toISOString(),
    ...(previous && { previous: previous.username }),
  }
}
