import { usernameKey } from '../../../shared/username.ts'
import { claiming } from './claiming.ts'
import { start } from './start.ts'

// Broken: a name that is taken is taken, also for whoever has it.
await start({
  claimUsername: claiming(async (claim, { claims, database }) => {
    const where = { key: usernameKey(claim.username), heldUntil: null, ownerId: { not: null } }
    const isTaken = (await database.prisma.username.findFirst({ where })) !== null
    return isTaken ? { outcome: 'taken', suggestions: [] } : claims.claim(claim)
  }),
})
