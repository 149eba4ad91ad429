import type { Claim, ClaimOutcome } from '../../../server/domain/claim.ts'
import { createCaller } from '../../../server/router.ts'
import type { Context } from '../../../server/trpc/context.ts'
import { procedure } from '../../../server/trpc/init.ts'
import { ClaimUsernameInput } from '../../../shared/schemas.ts'

/** Our procedure, with another way to claim beneath it. */
export function claiming(claim: (claim: Claim, ctx: Context) => Promise<ClaimOutcome>) {
  return procedure.input(ClaimUsernameInput).mutation(({ ctx, input }) => {
    const claims = { claim: (one: Claim) => claim(one, ctx) }
    return createCaller({ ...ctx, claims }).profile.claimUsername(input)
  })
}
