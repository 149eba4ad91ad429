import { hash } from 'node:crypto'
import QuickLRU from 'quick-lru'
import type { Person } from './domain/person.ts'
import { type Session, trustedFor, trustedUntil } from './session.ts'

export interface SessionMemo {
  /** Whose session an `Authorization` header is of; null if it has to be looked up. */
  holder(authorization: string): Person | null
  /** Remembers whose session an `Authorization` header, and nothing beside it, turned out to be. */
  keep(authorization: string, session: Session): void
  /** How often sessions were forgotten: one that was looked up while it grew may be among them. */
  asOf(): number
  /** Forgets a person's sessions, of which one ended or tells something else now. */
  forget(personId: string): void
}

/** How many sessions are remembered, of those that were asked for last; for a while twice as many. */
const most = 5000

/** As programs send it. Other ways to write the same are looked up each time, and take up no memory. */
const asUsual = /^Bearer ([^.\s]+)\.[\w+/]{43}=$/i

/**
 * A memory of this process, for programs, which keep no cookies: whose sessions their bearer
 * tokens turned out to be in the last 10 seconds.
 */
export function createSessionMemo(now: () => number): SessionMemo {
  const known = new QuickLRU<string, { person: Person; until: number }>({ maxSize: most })
  let forgettings = 0

  return {
    holder(authorization) {
      const found = known.get(digest(authorization))
      return found !== undefined && trustedFor(found.until, now()) > 0 ? found.person : null
    },
    asOf: () => forgettings,
    keep(authorization, session) {
      const { token, person } = session
      if (asUsual.exec(authorization)?.[1] !== token) return
      known.set(digest(authorization), { person, until: trustedUntil(session, now()) })
    },
    forget(personId) {
      forgettings += 1
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
