import type { useClaim } from './claim-context.tsx'
import { isLost } from './is-lost.ts'
import type { Availability } from './use-availability.ts'

/** How the typed name stands: what its claim tells, and where that tells nothing, what is known of it. */
export type ClaimStatus = Availability | { readonly state: 'untyped' | 'claiming' | 'lost' | 'failed' }

/** @param refused whether what is typed was left, or its button pressed, in vain */
export function statusOf(
  typed: string,
  refused: boolean,
  claim: ReturnType<typeof useClaim>['claim'],
  looked: Availability,
): ClaimStatus {
  if (refused && typed === '') return { state: 'untyped' }
  if (refused && looked.state === 'short') return { ...looked, state: 'invalid' }
  if (claim.variables?.username !== typed) return looked
  if (claim.isPending) return { state: 'claiming' }
  if (!claim.isError) return looked
  if (isLost(claim.error)) return { state: 'lost' }
  return looked.state === 'unknown' ? { state: 'failed' } : looked
}

/** Whether it may be kept for just this person, of whom it is not known yet who they are. */
export function isKeptForSomebody(status: ClaimStatus): boolean {
  return status.state === 'known' && (status.status === 'held' || status.status === 'reserved')
}

/** Whether a claim of the typed name can but fail, of whoever is known to be here. */
export function cannotBeHad(status: ClaimStatus): boolean {
  if (status.state === 'known') return status.status !== 'available' && status.status !== 'yours'
  return status.state === 'lost' || status.state === 'invalid' || status.state === 'untyped'
}
