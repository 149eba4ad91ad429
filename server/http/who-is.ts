import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Auth } from '../auth.ts'
import type { Person } from '../domain/person.ts'
import { fetchHeaders } from './fetch-headers.ts'

/** Tells who sent a request, null for nobody; to its answer it may add what makes the next one cheap. */
export type WhoIs = (request: FastifyRequest, reply: FastifyReply) => Promise<Person | null>

/** Tells by the session cookie, or by the bearer token, which comes first; looks up what is not known from before. */
export function whoIsBySession(auth: () => Promise<Pick<Auth, 'sessionOf' | 'passes' | 'memo'>>): WhoIs {
  return async (request, reply) => {
    const { cookie, authorization } = request.headers
    if (cookie === undefined && authorization === undefined) return null
    const { sessionOf, passes, memo } = await auth()
    // With both it takes a look to tell which of the two counts.
    const cookies = authorization === undefined ? cookie : undefined
    const token = cookie === undefined ? authorization : undefined
    const known = (cookies && passes.holder(cookies)) || (token && memo.holder(token))
    if (known) return known
    const asOf = memo.asOf()
    const session = await sessionOf(fetchHeaders(request), request.log)
    if (session === null) return null
    if (asOf !== memo.asOf()) return session.person
    if (token) memo.keep(token, session)
    const pass = cookies && passes.issue(cookies, session)
    if (pass) reply.header('set-cookie', pass)
    return session.person
  }
}
