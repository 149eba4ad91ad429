import { freeUsername } from '../../../server/domain/administration.ts'
import { claiming } from './claiming.ts'
import { start } from './start.ts'

// Broken: whoever comes first has a name that was given up, while it is held for another.
await start({
  claimUsername: claiming(async (claim, { claims, database, rules }) => {
    const end = await claims.claim(claim)
    if (end.outcome !== 'held') return end
    const { username } = claim
    await freeUsername(database.prisma, { username, atOnce: true, actorId: null, note: undefined, rules })
    return claims.claim(claim)
  }),
})
