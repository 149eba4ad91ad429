import type { Person } from '../domain/person.ts'

/** A session as the database has it. */
export interface Session {
  readonly token: string
  readonly expiresAt: Date
  readonly person: Person
}

/** What is remembered of whose credentials are, so that they need not be looked up each time. */
export interface SessionMemory {
  /** Whose session the header with a credential is of; null if it has to be looked up. */
  holder(header: string): Person | null
  /**
   * Remembers whose it turned out to be, if it is that session's. Answers the `Set-Cookie` by which
   * the browser is to remember it; null if nothing is left for it to do.
   */
  keep(header: string, session: Session): string | null
}

/** For how long at most the database isn't asked again: so long a session that was ended elsewhere is still good. */
const trustedMs = 10_000

/** Until when a session that was just looked up is taken as it was; never longer than it lasts. */
export function trustedUntil({ expiresAt }: Session, now: number): number {
  return Math.min(now + trustedMs, expiresAt.getTime())
}

/** For how many milliseconds a session is still taken as it was; 0 if it has to be looked up. */
export function trustedFor(until: number, now: number): number {
  const left = until - now
  // More than that is left where the clock was put back.
  return left > 0 && left <= trustedMs ? left : 0
}
