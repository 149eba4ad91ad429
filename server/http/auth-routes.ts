import { validateHeaderValue } from 'node:http'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { isStorable } from '../../shared/person-id.ts'
import { addressHeader } from '../identity/address-header.ts'
import type { Auth } from '../identity/auth.ts'
import type { DuringRequest } from '../identity/during-request.ts'
import { Failure, invalidRequest } from '../trpc/failure.ts'
import { challenge } from './demanded-headers.ts'
import { fetchHeaders } from './fetch-headers.ts'
import { json } from './media-type.ts'
import { addressOf } from './network.ts'
import { isForeign } from './origins.ts'
import { personMeant } from './person-meant.ts'

interface Options {
  /** Answers what serves these paths, below the prefix. */
  readonly auth: () => Promise<Pick<Auth, 'handler' | 'paths' | 'sessionOf'>>
  readonly publicUrl: string
  readonly origins: ReadonlySet<string>
}

/** Hands `/api/auth/*` to better-auth, which speaks the Fetch API. */
export const authRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { auth, publicUrl, origins } = options

  // Also without a cookie: nobody is signed in, as somebody else, by a foreign page.
  app.addHook('onRequest', async ({ method, headers }) => {
    if (method === 'POST' && isForeign(headers, origins)) throw new Failure('FORBIDDEN', null)
  })

  // Before better-auth counts it: each path is a row of its own, under a key of any length.
  app.addHook('onRequest', async ({ url }) => {
    const { pathname } = new URL(url, publicUrl)
    const { paths } = await auth()
    // What climbs out of the prefix (`/..`) got here all the same.
    const isOurs = pathname.startsWith(app.prefix) && paths.has(pathname.slice(app.prefix.length))
    if (!isOurs) throw new Failure('NOT_FOUND', null)
  })

  // better-auth would sign out and delete whoever's cookie it is, also for a page that shows somebody else.
  app.addHook('onRequest', async (request, reply) => {
    const meant = personMeant(request)
    if (meant === undefined) return
    const { sessionOf } = await auth()
    const session = await sessionOf(fetchHeaders(request), request.log)
    if (session === null || session.person.id === meant) return
    reply.headers(challenge)
    throw new Failure('SIGNED_OUT', {})
  })

  app.removeAllContentTypeParsers()
  app.addContentTypeParser(json, { parseAs: 'string' }, (_request, body, done) => done(null, body))

  app.route({
    method: ['GET', 'POST'],
    url: '/*',
    async handler(request, reply) {
      const question = toFetch(request, publicUrl)
      const { handler } = await auth()
      const during: DuringRequest = { log: request.log, databaseAway: false }
      const answer = await handler(question, during).catch((cause: unknown) => {
        throw new Failure(during.databaseAway ? 'UNAVAILABLE' : 'UNEXPECTED', null, { cause })
      })
      if (during.databaseAway && answer.status !== 503) throw new Failure('UNAVAILABLE', null)
      if (answer.status === 500 || (during.defect !== undefined && answer.status < 500)) {
        throw new Failure('UNEXPECTED', null, { cause: during.defect })
      }
      if (answer.status === 404) throw new Failure('NOT_FOUND', null)
      // Fastify would find out only when no error handler of ours is asked any more.
      for (const [name, value] of answer.headers) validateHeaderValue(name, value)
      reply.status(answer.status)
      if (answer.status === 401) reply.headers(challenge)
      answer.headers.forEach((value, name) => {
        if (name !== 'set-cookie' && !name.startsWith('access-control-')) reply.header(name, value)
      })
      reply.header('set-cookie', answer.headers.getSetCookie())
      const retryAfter = answer.headers.get('x-retry-after')
      if (retryAfter !== null) reply.header('retry-after', retryAfter)
      return reply.send(answer.body ? Buffer.from(await answer.arrayBuffer()) : null)
    },
  })
}

/** By our own address, not by the `Host` that whoever asks may choose. */
function toFetch(request: FastifyRequest, publicUrl: string): Request {
  const headers = fetchHeaders(request)
  headers.set(addressHeader, addressOf(request))
  const body = typeof request.body === 'string' && request.body !== '' ? request.body : undefined
  if (/%00/.test(request.url) || (body !== undefined && !isStorable(unescaped(body)))) {
    throw invalidRequest('Remove the characters that cannot be stored.')
  }
  return new Request(new URL(request.url, publicUrl), {
    // better-auth knows no HEAD, which does all that GET does here; Fastify leaves the body out.
    method: request.method === 'HEAD' ? 'GET' : request.method,
    headers,
    ...(body === undefined ? {} : { body }),
  })
}

/** JSON in which characters stand that were written by their codes, so that they can be looked for. */
function unescaped(json: string): string {
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/gi, (whole, code?: string) =>
    code === undefined ? whole : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
