import { createSecretKey, hkdfSync } from 'node:crypto'
import { parseCookie, stringifySetCookie } from 'cookie'
import { sign, unsign } from 'cookie-signature'
import * as z from 'zod'
import { type SessionMemory, trustedFor, trustedUntil } from './session.ts'

/** The name of the cookie that a pass is in, less the prefix that all of better-auth's have. */
export const passName = 'session_pass'

export interface PassOptions {
  readonly secret: string
  /** The name of the cookie that holds the session, `<token>.<signature>`. */
  readonly sessionCookie: string
  readonly passCookie: string
  /** Whether the cookie goes over https only. */
  readonly secure: boolean
  /** The time, in milliseconds since 1970. */
  readonly now: () => number
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
 * cookie it is worth nothing, so that signing out ends it too. Both are in one `Cookie` header.
 */
export function createPasses({ secret, sessionCookie, passCookie, secure, now }: PassOptions): SessionMemory {
  // Not the secret itself: better-auth signs with that, and neither is to be taken for the other.
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'dibs session pass', 32)))

  return {
    holder(cookies) {
      const { [sessionCookie]: cookie, [passCookie]: pass } = parseCookie(cookies)
      if (cookie === undefined || pass === undefined) return null
      const signed = unsign(`${cookie} ${pass}`, key)
      if (signed === false) return null
      const content = Content.safeParse(decoded(signed.slice(cookie.length + 1)))
      if (!content.success) return null
      const { until, ...person } = content.data
      return trustedFor(until, now()) > 0 ? person : null
    },

    keep(cookies, session) {
      const cookie = parseCookie(cookies)[sessionCookie]
      if (cookie === undefined || !cookie.startsWith(`${session.token}.`)) return null
      const { id, name, email = null } = session.person
      const at = now()
      const until = trustedUntil(session, at)
      const maxAge = Math.ceil(trustedFor(until, at) / 1000)
      const signed = sign(`${cookie} ${encoded({ id, name, email, until })}`, key)
      const value = signed.slice(cookie.length + 1)
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
