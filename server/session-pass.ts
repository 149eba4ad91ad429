import { createSecretKey, hkdfSync } from 'node:crypto'
import { parseCookie, stringifySetCookie } from 'cookie'
import { sign, unsign } from 'cookie-signature'
import QuickLRU from 'quick-lru'
import * as z from 'zod'
import type { Person } from './domain/person.ts'
import { type Session, trustedFor, trustedUntil } from './session.ts'

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
  /** The time, in milliseconds since 1970. */
  readonly now: () => number
}

const Content = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  until: z.number(),
})

/** What a genuine pass says. */
interface Genuine {
  readonly person: Person
  readonly until: number
}

/** How many headers with a genuine pass are remembered, of those that came last; for a while twice as many. */
const mostKnown = 2000
/** Longer ones, with other cookies that hold a lot, are verified each time and take up no memory. */
const longestKnown = 2000

/**
 * Passes: who somebody is, signed (HMAC-SHA-256) together with the session cookie that was looked
 * up, in a cookie beside it, so that the next requests of a browser need no look into the database.
 *
 * A pass is good for 10 seconds and never longer than its session. Without that very session
 * cookie it is worth nothing, so that signing out ends it too.
 *
 * That a pass is genuine is remembered, so that the next requests with it need no look at its signature.
 */
export function createPasses({ secret, sessionCookie, passCookie, secure, now }: PassOptions): Passes {
  // Not the secret itself: better-auth signs with that, and neither is to be taken for the other.
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'dibs session pass', 32)))
  /** By the whole `Cookie` header, which then need not be taken apart either. */
  const known = new QuickLRU<string, Genuine>({ maxSize: mostKnown })

  function genuineIn(cookies: string): Genuine | undefined {
    const { [sessionCookie]: cookie, [passCookie]: pass } = parseCookie(cookies)
    if (cookie === undefined || pass === undefined) return undefined
    const signed = unsign(`${cookie} ${pass}`, key)
    if (signed === false) return undefined
    const content = Content.safeParse(decoded(signed.slice(cookie.length + 1)))
    if (!content.success) return undefined
    const { until, ...person } = content.data
    return { person, until }
  }

  return {
    holder(cookies) {
      const remembered = known.get(cookies)
      const genuine = remembered ?? genuineIn(cookies)
      if (genuine === undefined || trustedFor(genuine.until, now()) === 0) return null
      if (remembered === undefined && cookies.length <= longestKnown) known.set(cookies, genuine)
      return genuine.person
    },

    issue(cookies, session) {
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
