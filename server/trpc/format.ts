import type { TRPCDefaultErrorShape, TRPCError } from '@trpc/server'
import * as z from 'zod'
import { Failure, invalidRequest } from './failure.ts'
import type { CommonShape } from './shape.ts'

/** The failure to tell of an error that is nobody's declared one: by its code, without its words. */
export function commonFailure(error: TRPCError): Failure {
  const { code } = error
  switch (code) {
    case 'BAD_REQUEST':
      return new Failure('INVALID_INPUT', explainInput(error), { cause: error, code })
    case 'PAYLOAD_TOO_LARGE':
      return invalidRequest('The request is too large.', { cause: error, code })
    case 'UNSUPPORTED_MEDIA_TYPE':
      return invalidRequest('Send JSON, with the content type application/json.', { cause: error, code })
    case 'METHOD_NOT_SUPPORTED':
      return invalidRequest('Send queries with GET and mutations with POST.', { cause: error, code })
    case 'PARSE_ERROR':
      return invalidRequest('The body is not valid JSON.', { cause: error, code })
    case 'NOT_FOUND':
      return new Failure('NOT_FOUND', null, { cause: error })
    case 'FORBIDDEN':
      return new Failure('FORBIDDEN', null, { cause: error })
    case 'SERVICE_UNAVAILABLE':
    case 'GATEWAY_TIMEOUT':
    case 'TIMEOUT':
    case 'CLIENT_CLOSED_REQUEST':
      return new Failure('UNAVAILABLE', null, { cause: error, code })
    default:
      return new Failure('UNEXPECTED', null, { cause: error })
  }
}

/** Zod's issues by field; anything else that makes a request bad, in one sentence of ours. */
function explainInput({ cause }: TRPCError): { fields: Record<string, string[]>; form: string[] } {
  if (!(cause instanceof z.core.$ZodError)) return { fields: {}, form: ['The request cannot be read.'] }
  const fields = new Map<string, string[]>()
  const form: string[] = []
  for (const { path, message } of cause.issues) {
    const field = path.map(String).join('.')
    if (field === '') form.push(message)
    else fields.set(field, [...(fields.get(field) ?? []), message])
  }
  return { fields: Object.fromEntries(fields), form }
}

const askedIn = new WeakMap<TRPCError, string>()

/** Notes which request an error ends, for those before there is a context to tell. */
export function noteRequest(error: TRPCError, requestId: string): void {
  askedIn.set(error, requestId)
}

/**
 * The error as it goes on the wire. Everything that leaves is built from a `Failure`,
 * so no message, stack or path of anything else can.
 */
export function formatError({
  shape,
  error,
  ctx,
}: {
  shape: TRPCDefaultErrorShape
  error: TRPCError
  ctx: { requestId: string } | undefined
}): CommonShape {
  const failure = error instanceof Failure ? error : commonFailure(error)
  const requestId = failure.requestId || (ctx?.requestId ?? askedIn.get(error) ?? '')
  const data = { ...failure.data, requestId }
  return { code: shape.code, message: failure.message, data } as CommonShape
}
