import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerFailure } from './answer-failure.ts'

/**
 * Answers an address that Fastify can't route, such as a malformed percent-encoding. No hook
 * has run then, so the headers that every answer has are set here.
 */
export function answerUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers({
    'x-request-id': request.id,
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
  })
  answerFailure(error, request, reply)
}
