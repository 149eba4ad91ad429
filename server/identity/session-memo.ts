import { hash } from 'node:crypto'
import QuickLRU from 'quick-lru'
import type { Person } from '../domain/person.ts'
import { type SessionMemory, trustedFor, trustedUntil } from './session.ts'

export interface SessionMemo extends SessionMemory {
  /** Forgets a person's sessions. */
  forget(personId: string): void
}

/** How many sessions are remembered, of those that were asked for last; for a while twice as many. */
const most = 5000

/** As programs send it. Other ways to write the same are looked up each time, and take up no memory. */
const asUsual = /^Bearer ([^.\s]+)\.[\w+/]{43}=$/i

/**
 * A memory of this process, for programs, which keep no cookies: whose sessions their bearer
 * tokens, each in an `Authorization` header, turned out to be in the last 10 seconds.
 */
export function createSessionMemo(now: () => number): SessionMemo {
  const known = new QuickLRU<string, { person: Person; until: number }>({ maxSize: most })

  return {
    holder(authorization) {
      const found = known.get(digest(authorization))
      return found !== undefined && trustedFor(found.until, now()) > 0 ? found.person : null
    },
    keep(authorization, session) {
      const { token, person } = session
      if (asUsual.exec(authorization)?.[1] === token)
        known.set(digest(authorization), { person, until: trustedUntil(session, now()) })
      return null
    },
    forget(personId) {
      for (const [key, { person }] of known) if (person.id === personId) known.delete(key)
    },
  }
}

/**
 * Found by this, a header is compared with none: how long that takes would tell whoever has a copy of the
 * database, and so the token, how much of a signature they guessed.
 */
function digest(authorization: string): string {
  return hash('sha256', authorization, 'base64')
}
