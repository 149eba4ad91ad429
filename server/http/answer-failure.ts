import { TRPCError } from '@trpc/server'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Failure, type FailureData } from '../trpc/failure.ts'
import { commonFailure } from '../trpc/format.ts'

/** What Fastify refuses a request with, by status, in tRPC's terms. */
const codeByStatus = {
  400: 'BAD_REQUEST',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  408: 'TIMEOUT',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'SERVICE_UNAVAILABLE',
} as const

/**
 * Answers a request that no procedure did: what Fastify or a route refused, or a defect,
 * which is logged.
 *
 * tRPC's envelope, so that its client can read it; never an array, which its streaming link
 * can't. Its other links give one answer to each call of a batch.
 */
export function answerFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const failure = failureOfRequest(error)
  failure.requestId = request.id
  if (failure.kind === 'UNEXPECTED') request.log.error({ err: error }, 'defect')
  reply.status(failure.data.httpStatus).send(envelope(failure))
}

/** The body that tells of a failure. */
export function envelope({ message, data }: Failure): {
  error: { message: string; code: number; data: FailureData }
} {
  return { error: { message, code: TRPC_ERROR_CODES_BY_KEY[data.code], data } }
}

function failureOfRequest(error: unknown): Failure {
  if (error instanceof Failure) return error
  return commonFailure(error instanceof TRPCError ? error : inTrpcTerms(error as Partial<FastifyError>))
}

function inTrpcTerms(error: Partial<FastifyError>): TRPCError {
  const code = error.code === 'FST_ERR_CTP_INVALID_JSON_BODY' ? 'PARSE_ERROR' : lookUp(error.statusCode)
  return new TRPCError({ code, cause: error })
}

function lookUp(status: number | undefined) {
  const known = Object.entries(codeByStatus).find(([at]) => Number(at) === status)
  return (
    known?.[1] ??
    (status !== undefined && status >= 400 && status < 500 ? 'BAD_REQUEST' : 'INTERNAL_SERVER_ERROR')
  )
}
