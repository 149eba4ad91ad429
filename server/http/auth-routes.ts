import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { addressHeader } from '../auth.ts'
import { Failure } from '../trpc/failure.ts'
import { fetchHeaders } from './fetch-headers.ts'

interface Options {
  readonly handler: (request: Request) => Promise<Response>
}

/** Hands `/api/auth/*` to better-auth, which speaks the Fetch API. */
export const authRoutes: FastifyPluginAsync<Options> = async (app, { handler }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  )

  app.route({
    method: ['GET', 'POST'],
    url: '/*',
    async handler(request, reply) {
      const response = await handler(toFetch(request))
      reply.status(response.status)
      response.headers.forEach((value, name) => {
        if (name !== 'set-cookie') reply.header(name, value)
      })
      reply.header('set-cookie', response.headers.getSetCookie())
      return reply.send(response.body ? Buffer.from(await response.arrayBuffer()) : null)
    },
  })
}

function toFetch(request: FastifyRequest): Request {
  const headers = fetchHeaders(request)
  headers.set(addressHeader, request.ip)
  const url = new URL(request.url, `${request.protocol}://${request.host}`)
  const body = typeof request.body === 'string' && request.body !== '' ? storable(request.body) : undefined
  return new Request(url, { method: request.method, headers, ...(body === undefined ? {} : { body }) })
}

/** PostgreSQL stores neither NUL characters nor lone surrogates. */
function storable(json: string): string {
  const text = unescaped(json)
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new Failure('INVALID_INPUT', { fields: {}, form: ['Remove the characters that cannot be stored.'] })
  }
  return json
}

/** JSON with its \uXXXX written out, so that what they stand for can be looked for. */
function unescaped(json: string): string {
  return json.replace(/\\(?:u([0-9a-f]{4})|.)/gi, (whole, code?: string) =>
    code === undefined ? whole : String.fromCharCode(Number.parseInt(code, 16)),
  )
}
