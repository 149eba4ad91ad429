import type { Database } from '../database/open.ts'
import { type Claim, type ClaimOutcome, claimUsernames, isLost } from './claim.ts'
import { groupingOn } from './grouping.ts'
import { inGroups } from './in-groups.ts'
import type { NameRules } from './name-rules.ts'

/** Claims names, those of different people that come at the same time in one statement. */
export interface Claims {
  claim(claim: Claim): Promise<ClaimOutcome>
}

/** The claims of one process on a database, by its rules. */
export function openClaims({ query, engine }: Pick<Database, 'query' | 'engine'>, rules: NameRules): Claims {
  /**
   * Whether the claim that ended last was lost. Losers mostly come in crowds, of whom each then needs one
   * statement in place of two.
   */
  let expectsLoss = false
  const claimTogether = inGroups(
    (claims: readonly Claim[]) => claimUsernames(query, claims, rules, expectsLoss),
    groupingOn(engine),
  )
  return {
    async claim(claim) {
      const end = await claimTogether(claim)
      expectsLoss = isLost(end)
      return end
    },
  }
}
