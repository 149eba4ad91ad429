import { databaseFault } from '../../../server/database/errors.ts'
import type { PrismaClient } from '../../../server/database/generated/client.ts'
import { claimUsername } from '../../../server/domain/claim.ts'
import { Username, usernameKey } from '../../../shared/username.ts'
import { anyRenames } from '../../support/rules.ts'

/** A way to claim a first name for somebody who has a profile. Answers whether it is theirs now. */
export type Way = (prisma: PrismaClient, personId: string, name: string) => Promise<'won' | 'lost' | 'error'>

/** Dibs' own, and what it is compared with. */
export const ways: Readonly<Record<string, Way>> = {
  async claim_username(prisma, id, name) {
    const person = { id, name: '' }
    const { outcome } = await claimUsername(prisma, {
      person,
      username: Username.parse(name),
      rules: anyRenames,
    })
    return outcome === 'claimed' ? 'won' : 'lost'
  },

  async 'create, catch P2002'(prisma, id, name) {
    try {
      await write(prisma, id, name)
      return 'won'
    } catch (error) {
      if (databaseFault(error)?.kind !== 'unique') throw error
      return 'lost'
    }
  },

  async 'find, then create'(prisma, id, name) {
    const key = usernameKey(Username.parse(name))
    if (await prisma.username.findUnique({ where: { key } })) return 'lost'
    try {
      await write(prisma, id, name)
      return 'won'
    } catch (error) {
      if (databaseFault(error)?.kind !== 'unique') throw error
      return 'error'
    }
  },
}

async function write(prisma: PrismaClient, id: string, name: string): Promise<void> {
  const key = usernameKey(Username.parse(name))
  await prisma.$transaction([
    prisma.username.create({ data: { key, display: name, ownerId: id, claimedAt: new Date() } }),
    prisma.profile.update({ where: { id }, data: { usernameKey: key }, select: { id: true } }),
  ])
}
