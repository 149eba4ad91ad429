import type { AnyCallKind, FailureOf } from '../../failure.ts'

/** A failure that any call can end in. */
export type CommonFailure = Extract<FailureOf<{ data?: unknown }>, { kind: AnyCallKind }>

/** What to tell of a failure that any call can end in, and whether the same call may do better later. */
export function commonProblem(failure: CommonFailure): { text: string; retry: boolean } {
  switch (failure.kind) {
    case 'INVALID_INPUT': {
      const { fields, form } = failure.payload
      return { text: [...Object.values(fields).flat(), ...form].join(' ') || failure.message, retry: false }
    }
    case 'RATE_LIMITED': {
      const seconds = Math.ceil(failure.payload.retryAfterMs / 1000)
      const wait = seconds > 1 ? `Wait ${seconds} seconds, then try again.` : 'Try again in a moment.'
      return { text: `That was a little too fast. ${wait}`, retry: true }
    }
    case 'NO_ANSWER':
    case 'UNAVAILABLE':
      return { text: failure.message, retry: true }
    case 'UNEXPECTED':
      return { text: `${failure.message} (${failure.requestId})`, retry: true }
    case 'CONFLICT':
      return { text: failure.message, retry: true }
    case 'FORBIDDEN':
    case 'NOT_FOUND':
      return { text: failure.message, retry: false }
  }
}
