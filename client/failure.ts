import {
  type CommonKind,
  commonFailures,
  type FailureKind,
  failures,
  isFailureKind,
  type Told,
} from '../shared/failures.ts'
import { NotSent } from './not-sent.ts'

/**
 * No answer, or none that can be read: offline, timed out, aborted, never sent, or something in between answered.
 * The message of one that was never sent says why.
 */
export interface NoAnswer {
  readonly kind: 'NO_ANSWER'
  readonly payload: null
  readonly message: string
  readonly requestId: undefined
}

/** One failure: which, what it tells, a sentence for a person, and the id under which the server logged it. */
export type FailureOfKind<K extends FailureKind> = {
  [P in K]: {
    readonly kind: P
    readonly payload: Told<P>
    readonly message: string
    readonly requestId: string
  }
}[K]

/** The kinds that an error's type names; every kind where it says no more than that it is a text, if that. */
type KindOf<E extends object> = E extends { readonly data?: { readonly kind: infer K } | null | undefined }
  ? string extends K
    ? FailureKind
    : Extract<K, FailureKind>
  : FailureKind

/** Everything that a procedure's error can be: what it declared, the common failures, or no answer. */
export type FailureOf<E extends object> = FailureOfKind<KindOf<E> | CommonKind> | NoAnswer

/** A procedure by the shape of its errors, `AppRouter['profile']['claimUsername']` among them. */
interface ProcedureLike {
  readonly _def: { readonly $types: { readonly errorShape: { readonly data: unknown } } }
}

/**
 * The error of a procedure `P`, for whatever passes one on, and for what its caller throws on the
 * server, where no type tells: `match(error as ErrorOf<AppRouter['profile']['get']>, …)`.
 */
export interface ErrorOf<P extends ProcedureLike> {
  readonly data?: P['_def']['$types']['errorShape']['data'] | null | undefined
}

/** The kinds that every call must reckon with, and may handle together. */
export type AnyCallKind = CommonKind | 'NO_ANSWER'

const noAnswer: NoAnswer = {
  kind: 'NO_ANSWER',
  payload: null,
  message: 'The service did not answer. Check the connection and try again.',
  requestId: undefined,
}

function unanswered({ cause }: Record<string, unknown>): NoAnswer {
  return cause instanceof NotSent ? { ...noAnswer, message: cause.message } : noAnswer
}

/**
 * Reads the failure out of an error: from the client, from TanStack Query, or from the caller.
 *
 * The payload is checked against its schema. A kind that this build doesn't know, from a newer
 * server, or a payload that doesn't fit, reads as `UNEXPECTED` with the server's sentence. So does what
 * a procedure that is none of Dibs' answered.
 */
export function failureOf<E extends object>(error: E): FailureOf<E>
/** Of an error of which the types tell nothing, as of one that was caught: any failure. Not of one that may be none. */
export function failureOf<E>(error: E & (unknown extends E ? unknown : never)): FailureOf<object>
export function failureOf(error: unknown): AnyFailure {
  if (!isRecord(error)) return noAnswer
  const { data } = error
  if (!isRecord(data) || !wasAnswered(data)) return unanswered(error)
  const { kind } = data
  const requestId = typeof data.requestId === 'string' ? data.requestId : ''
  const payload = isFailureKind(kind) ? failures[kind].payload.safeParse(data.payload) : undefined
  if (!isFailureKind(kind) || !payload?.success) return unexpected(requestId, error.message)
  return { kind, payload: payload.data, message: failures[kind].message, requestId } as AnyFailure
}

type AnyFailure = FailureOfKind<FailureKind> | NoAnswer

/** The failures that only some procedures end in. */
type Declared<E extends object> = Exclude<FailureOf<E>, { kind: AnyCallKind }>

type Handlers<F extends { kind: string }> = {
  [K in F['kind']]: (failure: Extract<F, { kind: K }>) => unknown
}

/** A function for each declared failure, and for each common one, or `otherwise` for the rest of those. */
export type Cases<E extends object> = Handlers<Declared<E>> &
  (
    | (Handlers<Extract<FailureOf<E>, { kind: AnyCallKind }>> & { otherwise?: never })
    | (Partial<Handlers<Extract<FailureOf<E>, { kind: AnyCallKind }>>> & {
        otherwise: (failure: Extract<FailureOf<E>, { kind: AnyCallKind }>) => unknown
      })
  )

/** Refuses cases that can't happen, misspelt ones among them, with a sentence for the compiler to print. */
type Only<C, E extends object> = {
  [K in keyof C]: K extends FailureOf<E>['kind'] | 'otherwise'
    ? C[K]
    : `This call cannot end in ${K & string}`
}

type Result<C> = { [K in keyof C]: C[K] extends (...args: never[]) => infer R ? R : never }[keyof C]

/**
 * Handles a failure by its kind. Forgetting one that the procedure declared does not compile,
 * nor does a case that can't happen; `otherwise` covers only the kinds common to every call.
 *
 * @example
 * match(error, {
 *   USERNAME_TAKEN: ({ payload }) => `Try ${payload.suggestions.join(', ')}`,
 *   USERNAME_RESERVED: ({ message }) => message,
 *   USERNAME_HELD: ({ payload }) => `Free again ${payload.until}`,
 *   USERNAME_TOO_SIMILAR: ({ message }) => message,
 *   CHANGED_TOO_OFTEN: ({ payload }) => `Not before ${payload.retryAt}`,
 *   IDEMPOTENCY_KEY_REUSED: ({ message }) => message,
 *   SIGNED_OUT: () => 'Sign in first',
 *   otherwise: ({ message }) => message,
 * })
 */
export function match<E extends object, const C extends Cases<E>>(
  error: E,
  cases: C & Only<C, E>,
): Result<C> {
  const handlers = cases as unknown as Readonly<
    Record<string, ((failure: AnyFailure) => Result<C>) | undefined>
  >
  const failure = failureOf(error as object)
  const handle = handlers[failure.kind]
  if (handle) return handle(failure)
  // One that another procedure declares, or this one does in a newer server, is nobody's case.
  const rest = isCommon(failure) ? failure : unexpected(failure.requestId, failure.message)
  const handleRest = handlers[rest.kind] ?? handlers.otherwise
  if (!handleRest) throw new TypeError(`match was given no case for ${rest.kind}, and no otherwise`)
  return handleRest(rest)
}

function unexpected(requestId: string, message: unknown): FailureOfKind<'UNEXPECTED'> {
  const sentence = typeof message === 'string' && message !== '' ? message : failures.UNEXPECTED.message
  return { kind: 'UNEXPECTED', payload: null, message: sentence, requestId }
}

/** tRPC's own errors have a status and no kind. */
function wasAnswered({ kind, httpStatus }: Record<string, unknown>): boolean {
  return typeof kind === 'string' || typeof httpStatus === 'number'
}

function isCommon(failure: AnyFailure): failure is FailureOfKind<CommonKind> | NoAnswer {
  return failure.kind === 'NO_ANSWER' || Object.hasOwn(commonFailures, failure.kind)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
