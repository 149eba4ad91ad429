import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerFailure } from './answer-failure.ts'

/**
 * Answers an address that Fastify can't route, such as a malformed percent-encoding. No hook
 * runs then, so the headers and the line in the log that every answer has are made here.
 */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'x-request-id': request.id,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  })
  answerFailure(error, request, reply)
  request.log.info({ req: request, res: reply }, 'request completed')
}
