import type { FastifyInstance } from 'fastify'
import { cookieOf, type Member, query, signUp } from '../http/app.ts'

/** A pass as it is set over http, with its Max-Age. */
export const aPass = /^dibs\.session_pass=[\w%.-]+; Max-Age=(\d+); Path=\/; HttpOnly; SameSite=Lax$/

/** Somebody signed in whose browser holds a pass: each of its cookies, and both. */
export interface Passing {
  readonly member: Member
  readonly session: string
  readonly pass: string
  readonly both: string
}

export async function passing(app: FastifyInstance): Promise<Passing> {
  const member = await signUp(app)
  const session = member.browser.cookie
  const pass = await passFor(app, session)
  return { member, session, pass, both: `${session}; ${pass}` }
}

/** The pass that whoever has this session is given, as the browser sends it. */
export async function passFor(app: FastifyInstance, cookie: string): Promise<string> {
  const answer = await me(app, cookie)
  if (answer.statusCode !== 200) throw new Error(`me: ${answer.statusCode} ${answer.body}`)
  return cookieOf(answer)
}

export function me(app: FastifyInstance, cookie: string) {
  return app.inject({ url: query('profile.me'), headers: { cookie } })
}
