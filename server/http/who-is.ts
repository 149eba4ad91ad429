import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Person } from '../domain/person.ts'
import { duringRequest } from '../during-request.ts'
import type { Passes, Session } from '../session-pass.ts'
import { fetchHeaders } from './fetch-headers.ts'

/** Tells who sent a request, null for nobody. With its answer goes what spares the next one a look into the database. */
export type WhoIs = (request: FastifyRequest, reply: FastifyReply) => Promise<Person | null>

interface Options {
  /** Looks a session up in the database. */
  readonly sessionOf: (headers: Headers) => Promise<Session | null>
  readonly passes: Passes
}

/** Tells by the session cookie, with or without a pass, or by the bearer token, which comes first. */
export function whoIsBySession({ sessionOf, passes }: Options): WhoIs {
  return async (request, reply) => {
    const { cookie, authorization } = request.headers
    if (cookie === undefined && authorization === undefined) return null
    const cookies = authorization === undefined ? cookie : undefined
    const holder = cookies === undefined ? null : passes.holder(cookies)
    if (holder !== null) return holder
    const during = { log: request.log, databaseAway: false }
    const session = await duringRequest.run(during, () => sessionOf(fetchHeaders(request)))
    if (session === null) return null
    const pass = cookies === undefined ? null : passes.issue(cookies, session)
    if (pass !== null) reply.header('set-cookie', pass)
    return session.person
  }
}
