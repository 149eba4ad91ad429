import { TRPCError } from '@trpc/server'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { Failure, type FailureData } from '../trpc/failure.ts'
import { commonFailure } from '../trpc/format.ts'

/** What Fastify refuses a request with, by status, in tRPC's terms. */
const codeByStatus = {
  400: 'BAD_REQUEST',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'SERVICE_UNAVAILABLE',
} as const

/** The failure to tell of an error that Fastify, or a route, threw; a defect is logged. */
export function failureOfRequest(error: unknown, request: FastifyRequest): Failure {
  const failure = error instanceof Failure ? error : commonFailure(inTrpcTerms(error as FastifyError))
  failure.requestId = request.id
  if (failure.kind === 'UNEXPECTED') request.log.error({ err: error }, 'defect')
  return failure
}

function inTrpcTerms(error: FastifyError): TRPCError {
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

/** A failure outside `/trpc`: the same data, without tRPC's envelope around it. */
export function plainFailure(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  sendPlain(failureOfRequest(error, request), reply)
}

export function sendPlain(failure: Failure, reply: FastifyReply): void {
  const { data, message } = failure
  const body: { error: { message: string; data: FailureData } } = { error: { message, data } }
  reply.status(data.httpStatus).send(body)
}
