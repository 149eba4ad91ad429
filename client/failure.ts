import {
  type CommonKind,
  commonFailures,
  type FailureKind,
  failures,
  isFailureKind,
  type PayloadOf,
} from '../shared/failures.ts'

/** No answer, or none that can be read: offline, timed out, aborted, or something in between answered. */
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
    readonly payload: PayloadOf<P>
    readonly message: string
    readonly requestId: string
  }
}[K]

/** What is known of an error before it is read: its data names its kind. */
interface ErrorLike {
  readonly data?: unknown
}

type KindOf<E extends ErrorLike> =
  NonNullable<E['data']> extends infer D
    ? D extends { kind: infer K }
      ? Extract<K, FailureKind>
      : never
    : never

/** Everything that a procedure's error can be: what it declared, the common failures, or no answer. */
export type FailureOf<E extends ErrorLike> = FailureOfKind<KindOf<E> | CommonKind> | NoAnswer

/** The kinds that every call must reckon with, and may handle together. */
export type AnyCallKind = CommonKind | 'NO_ANSWER'

const noAnswer: NoAnswer = {
  kind: 'NO_ANSWER',
  payload: null,
  message: 'The service did not answer. Check the connection and try again.',
  requestId: undefined,
}

/**
 * Reads the failure out of an error: from the client, from TanStack Query, or from the caller.
 *
 * The payload is checked against its schema. A kind that this build doesn't know, from a newer
 * server, or a payload that doesn't fit, reads as `UNEXPECTED`.
 */
export function failureOf<E extends ErrorLike>(error: E): FailureOf<E>
export function failureOf(error: ErrorLike): FailureOf<ErrorLike> | FailureOfKind<FailureKind> {
  const data = error.data
  if (!isRecord(data) || typeof data.kind !== 'string') return noAnswer
  const { kind } = data
  const requestId = typeof data.requestId === 'string' ? data.requestId : ''
  const payload = isFailureKind(kind) ? failures[kind].payload.safeParse(data.payload) : undefined
  if (!isFailureKind(kind) || !payload?.success) return unexpected(requestId)
  return {
    kind,
    payload: payload.data,
    message: failures[kind].message,
    requestId,
  } as FailureOfKind<FailureKind>
}

/** The failures that only some procedures end in. */
type Declared<E extends ErrorLike> = Exclude<FailureOf<E>, { kind: AnyCallKind }>

type Handlers<F extends { kind: string }> = {
  [K in F['kind']]: (failure: Extract<F, { kind: K }>) => unknown
}

/** A function for each declared failure, and for each common one, or `otherwise` for the rest of those. */
export type Cases<E extends ErrorLike> = Handlers<Declared<E>> &
  (
    | (Handlers<Extract<FailureOf<E>, { kind: AnyCallKind }>> & { otherwise?: never })
    | (Partial<Handlers<Extract<FailureOf<E>, { kind: AnyCallKind }>>> & {
        otherwise: (failure: Extract<FailureOf<E>, { kind: AnyCallKind }>) => unknown
      })
  )

/** Refuses cases that can't happen, misspelt ones among them. */
type Only<C, E extends ErrorLike> = {
  [K in keyof C]: K extends FailureOf<E>['kind'] | 'otherwise' ? C[K] : never
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
 *   SIGNED_OUT: () => 'Sign in first',
 *   otherwise: ({ message }) => message,
 * })
 */
export function match<E extends ErrorLike, const C extends Cases<E>>(
  error: E,
  cases: C & Only<C, E>,
): Result<C> {
  const handlers = cases as unknown as Readonly<Record<string, (failure: unknown) => Result<C>>>
  const failure: { kind: string; requestId: string | undefined } = failureOf(error)
  if (Object.hasOwn(handlers, failure.kind)) return call(handlers, failure.kind, failure)
  if (isCommon(failure.kind)) return call(handlers, 'otherwise', failure)
  // One that another procedure declares, or this one does in a newer server.
  const unforeseen = unexpected(failure.requestId ?? '')
  return call(handlers, Object.hasOwn(handlers, 'UNEXPECTED') ? 'UNEXPECTED' : 'otherwise', unforeseen)
}

function call<R>(
  handlers: Readonly<Record<string, (failure: unknown) => R>>,
  name: string,
  failure: unknown,
): R {
  const handle = Object.hasOwn(handlers, name) ? handlers[name] : undefined
  if (!handle) throw new TypeError(`match was given no case for this failure, and no ${name}`)
  return handle(failure)
}

function unexpected(requestId: string): FailureOfKind<'UNEXPECTED'> {
  return { kind: 'UNEXPECTED', payload: null, message: failures.UNEXPECTED.message, requestId }
}

function isCommon(kind: string): boolean {
  return kind === 'NO_ANSWER' || Object.hasOwn(commonFailures, kind)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
