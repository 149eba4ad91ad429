import { usernameKey } from '../../../shared/username.ts'
import { claiming } from './claiming.ts'
import { start } from './start.ts'

// Broken: takes a claim that came second for the repetition of the first, and says that all is well.
await start({
  claimUsername: claiming(async (claim, { claims }) => {
    const end = await claims.claim(claim)
    if (end.outcome !== 'taken') return end
    const key = usernameKey(claim.username)
    return { outcome: 'claimed', key, claimedAt: new Date(), previous: undefined, respelled: undefined }
  }),
})
