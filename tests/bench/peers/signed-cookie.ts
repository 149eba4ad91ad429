import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { settings } from './serve.ts'

/** Lets an app read the session of a signed cookie. */
export async function readCookies(app: FastifyInstance): Promise<void> {
  await app.register(cookie, { secret: settings().secret })
}

/** Who is signed in: the cookie says `<person>:<expires at, in milliseconds>`, signed with HMAC-SHA256. */
export function personOf(request: FastifyRequest): string | null {
  const { session } = request.cookies
  if (session === undefined) return null
  const { valid, value } = request.unsignCookie(session)
  if (!valid) return null
  const [id = '', expiresAt] = value.split(':')
  return Number(expiresAt) > Date.now() ? id : null
}
