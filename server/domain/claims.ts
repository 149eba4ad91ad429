import type { Database } from '../database/open.ts'
import { type Claim, type ClaimOutcome, claimUsername, claimUsernames } from './claim.ts'
import { groupingOn } from './grouping.ts'
import { inGroups } from './in-groups.ts'
import type { NameRules } from './name-rules.ts'

/** Claims names, those of different people that come at the same time in one statement. */
export interface Claims {
  claim(claim: Claim): Promise<ClaimOutcome>
}

/** The claims of one process on a database, by its rules. */
export function openClaims({ query, engine }: Pick<Database, 'query' | 'engine'>, rules: NameRules): Claims {
  const claim = inGroups(async (claims: readonly Claim[]) => {
    const [first, ...others] = claims
    if (first !== undefined && others.length === 0) return [await claimUsername(query, first, rules)]
    return claimUsernames(query, claims, rules)
  }, groupingOn(engine))
  return { claim }
}
