const dayMs = 24 * 60 * 60 * 1000

/**
 * Until when a name that is given up now will be held for its last owner, as ISO 8601 in UTC;
 * null where names are not held.
 */
export function holdEnd(holdDays: number): string | null {
  return holdDays === 0 ? null : new Date(Date.now() + holdDays * dayMs).toISOString()
}
