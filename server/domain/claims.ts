import type { Database } from '../database/open.ts'
import { type Claim, type ClaimOutcome, claimUsername, claimUsernames } from './claim.ts'
import { inGroups } from './in-groups.ts'
import type { NameRules } from './name-rules.ts'

/** How many claims one statement makes. */
const mostTogether = 32

/**
 * How many statements may be under way: some that run, and one that waits for the disk. With more of them
 * each makes fewer claims, at a higher price. The embedded database does one thing at a time.
 */
const places = { embedded: 1, postgresql: 3 }

/** Until then a statement that waits for another transaction keeps the next ones waiting. */
const placeForMs = 50

/** Claims names, those of different people that come at the same time in one statement. */
export interface Claims {
  claim(claim: Claim): Promise<ClaimOutcome>
}

/** The claims of one process on a database, by its rules. */
export function openClaims({ query, engine }: Pick<Database, 'query' | 'engine'>, rules: NameRules): Claims {
  const claim = inGroups(
    async (claims: readonly Claim[]) => {
      const [first, ...others] = claims
      if (first !== undefined && others.length === 0) return [await claimUsername(query, first, rules)]
      return claimUsernames(query, claims, rules)
    },
    { places: places[engine], most: mostTogether, placeForMs },
  )
  return { claim }
}
