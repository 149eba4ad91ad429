import { type TRPC_ERROR_CODE_KEY, TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import { type FailureKind, failures, type PayloadOf } from '../../shared/failures.ts'

/** The part of an error that leaves the server, as `error.data`. */
export interface FailureData {
  code: TRPC_ERROR_CODE_KEY
  httpStatus: number
  kind: FailureKind
  payload: unknown
  requestId: string
}

interface FailureOptions {
  /** What went wrong underneath; for the log, never for the caller. */
  readonly cause?: unknown
  /** Where it says more than the kind's own code: 413 among invalid inputs, 504 among unavailabilities. */
  readonly code?: TRPC_ERROR_CODE_KEY
}

/**
 * An outcome that a caller is told about, in the terms of `shared/failures.ts`.
 *
 * A procedure throws it through `ctx.fail`, which knows what that procedure declared.
 */
export class Failure<K extends FailureKind = FailureKind> extends TRPCError {
  readonly kind: K
  readonly payload: PayloadOf<K>
  /** Filled in when the failure leaves a procedure. */
  requestId = ''

  constructor(kind: K, payload: PayloadOf<K>, { cause, code }: FailureOptions = {}) {
    super({ code: code ?? failures[kind].code, message: failures[kind].message, cause })
    this.kind = kind
    this.payload = payload
  }

  /** The same as the client's `error.data`, so that both sides read a failure the same way. */
  get data(): FailureData {
    return {
      code: this.code,
      httpStatus: getHTTPStatusCodeFromError(this),
      kind: this.kind,
      payload: this.payload,
      requestId: this.requestId,
    }
  }
}

/** INVALID_INPUT of a request as a whole, with a sentence on what is wrong. */
export function invalidRequest(sentence: string, options?: FailureOptions): Failure<'INVALID_INPUT'> {
  return new Failure('INVALID_INPUT', { fields: {}, form: [sentence] }, options)
}

/**
 * A failure that is no defect wherever it came from, and so without a stack, which takes 4 µs. One that
 * is thrown by mistake is found by its stack: make that with `new`.
 */
export function expectedFailure<K extends FailureKind>(
  kind: K,
  payload: PayloadOf<K>,
  options?: FailureOptions,
): Failure<K> {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return new Failure(kind, payload, options)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
