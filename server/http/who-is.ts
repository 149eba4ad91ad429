import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Person } from '../domain/person.ts'
import type { Auth } from '../identity/auth.ts'
import { type Authenticate, personFrom } from '../identity/authenticate.ts'
import { fetchHeaders } from './fetch-headers.ts'

/** Tells who sent a request, null for nobody; to its answer it may add what makes the next one cheap. */
export type WhoIs = (request: FastifyRequest, reply: FastifyReply) => Promise<Person | null>

/** Tells by what a program of one's own makes of the headers. */
export function whoIsBy(authenticate: Authenticate): WhoIs {
  return async (request) => personFrom(await authenticate(fetchHeaders(request)))
}

/** Tells by the session cookie, or by the bearer token, which comes first; looks up what is not known from before. */
export function whoIsBySession(
  auth: () => Promise<Pick<Auth, 'sessionOf' | 'passes' | 'memo' | 'ends'>>,
): WhoIs {
  return async (request, reply) => {
    const { cookie, authorization } = request.headers
    const credential = authorization ?? cookie
    if (credential === undefined) return null
    const { sessionOf, passes, memo, ends } = await auth()
    // With both it takes a look to tell which of the two counts.
    const memory = authorization === undefined ? passes : cookie === undefined ? memo : null
    const known = memory?.holder(credential)
    if (known) return known
    const { found, isCurrent } = await ends.during(() => sessionOf(fetchHeaders(request), request.log))
    if (found === null) return null
    const setCookie = isCurrent ? memory?.keep(credential, found) : null
    if (setCookie) reply.header('set-cookie', setCookie)
    return found.person
  }
}
