import { createSecretKey, hkdfSync } from 'node:crypto'
import { parseCookie, stringifySetCookie } from 'cookie'
import { sign, unsign } from 'cookie-signature'
import * as z from 'zod'
import type { Person } from './domain/person.ts'

/** For how long at most a pass is good: so long a session that was ended elsewhere still is. */
const passMs = 10_000

/** A session as the database has it. */
export interface Session {
  readonly token: string
  readonly expiresAt: Date
  readonly person: Person
}

export interface Passes {
  /** Whose pass is in a `Cookie` header, beside the session cookie that it is for; null if none holds. */
  holder(cookies: string): Person | null
  /** The `Set-Cookie` of a new pass for the session cookie in a `Cookie` header; null if it isn't this session's. */
  issue(cookies: string, session: Session): string | null
}

export interface PassOptions {
  readonly secret: string
  /** The name of the cookie that holds the session, `<token>.<signature>`. */
  readonly sessionCookie: string
  readonly passCookie: string
  /** Whether the cookie goes over https only. */
  readonly secure: boolean
}

const Content = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  until: z.number(),
})

/**
 * Passes: who somebody is, signed (HMAC-SHA-256) together with the session cookie that was looked
 * up, in a cookie beside it, so that the next requests of a browser need no look into the database.
 *
 * A pass is good for 10 seconds and never longer than its session. Without that very session
 * cookie it is worth nothing, so that signing out ends it too.
 */
export function createPasses({ secret, sessionCookie, passCookie, secure }: PassOptions): Passes {
  // Not the secret itself: better-auth signs with that, and neither is to be taken for the other.
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'dibs session pass', 32)))

  return {
    holder(cookies) {
      const { [sessionCookie]: session, [passCookie]: pass } = parseCookie(cookies)
      if (session === undefined || pass === undefined) return null
      const signed = unsign(`${session} ${pass}`, key)
      if (signed === false) return null
      const content = Content.safeParse(decoded(signed.slice(session.length + 1)))
      if (!content.success) return null
      const { until, ...person } = content.data
      const left = until - Date.now()
      // More than that is left where the clock was put back.
      return left > 0 && left <= passMs ? person : null
    },

    issue(cookies, { token, expiresAt, person: { id, name, email = null } }) {
      const session = parseCookie(cookies)[sessionCookie]
      if (session === undefined || !session.startsWith(`${token}.`)) return null
      const now = Date.now()
      const until = Math.min(now + passMs, expiresAt.getTime())
      const maxAge = Math.ceil((until - now) / 1000)
      const signed = sign(`${session} ${encoded({ id, name, email, until })}`, key)
      const value = signed.slice(session.length + 1)
      const attributes = { maxAge, path: '/', httpOnly: true, secure, sameSite: 'lax' } as const
      return stringifySetCookie({ name: passCookie, value, ...attributes })
    },
  }
}

function encoded(content: z.input<typeof Content>): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

function decoded(text: string): unknown {
  return JSON.parse(Buffer.from(text, 'base64url').toString())
}
