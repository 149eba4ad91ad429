import type * as z from 'zod'
import { type FailureOf, failureOf } from '../../client/failure.ts'
import type { ClaimUsernameOutput } from '../../shared/schemas.ts'

/** What a claim that succeeded is answered. */
export type Answer = z.output<typeof ClaimUsernameOutput>

/** How a claim ended: `CLAIMED`, or the failure it was told. */
export type Ending = ({ readonly kind: 'CLAIMED' } & Answer) | FailureOf<object>

/** Waits for a claim to end, whichever way. An error that carries no failure reads as `NO_ANSWER`. */
export async function endingOf(claim: Promise<Answer>): Promise<Ending> {
  try {
    return { kind: 'CLAIMED', ...(await claim) }
  } catch (error) {
    return failureOf(error as object)
  }
}

/** One claim that was made, by whom, and how it ended. */
export interface Made {
  readonly personId: string
  readonly username: string
  readonly ending: Ending
}
