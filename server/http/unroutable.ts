import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerFailure } from './answer-failure.ts'
import { isPage } from './is-page.ts'

/**
 * Answers an address that Fastify can't route, such as a malformed percent-encoding. A browser that
 * wants a page is led to where that is taken as it stands, and told there that nobody has such a name.
 * No hook runs then, so the headers and the line in the log that every answer has are made here.
 */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'x-request-id': request.id,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  })
  if (isPage(request)) reply.redirect(asItStands(request.url))
  else answerFailure(error, request, reply)
  request.log.info({ req: request, res: reply }, 'request completed')
}

/** Two slashes before it would be another site's. */
function asItStands(url: string): string {
  const [path = ''] = url.split('?', 1)
  return `${encodeURI(path).replace(/^\/+/, '/')}${url.slice(path.length)}`
}
