import { claiming } from './claiming.ts'
import { start } from './start.ts'

/** Of so many claims one is taken for lost on its way. */
const lost = 10
let count = 0

// Broken: sends a claim again of which it did not hear, without its key, and answers what that came to.
await start({
  claimUsername: claiming(async (claim, { claims }) => {
    const end = await claims.claim(claim)
    count += 1
    return count % lost === 0 ? claims.claim({ ...claim, idempotencyKey: undefined }) : end
  }),
})
