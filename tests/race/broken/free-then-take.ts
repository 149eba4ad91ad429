import type { Answer } from '../ending.ts'
import type { Asked } from './claim-procedure.ts'
import { claimForSure } from './forget-the-owner.ts'

/** Broken: gives the old name up before it has the new one. */
export async function freeThenTake(asked: Asked): Promise<Answer> {
  const { prisma, person, key } = asked
  const before = await prisma.profile.findUnique({
    where: { id: person.id },
    select: { username: true },
  })
  const old = before?.username
  if (!old || old.key === key) return claimForSure(asked)
  await prisma.$transaction([
    prisma.profile.update({ where: { id: person.id }, data: { usernameKey: null } }),
    prisma.username.update({ where: { key: old.key }, data: { ownerId: null, claimedAt: null } }),
  ])
  return { ...(await claimForSure(asked)), previous: old.display }
}
