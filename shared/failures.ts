import * as z from 'zod/mini'
import { instant } from './instant.ts'

/** The tRPC codes that failures use; each is one HTTP status. */
export type FailureCode =
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'UNPROCESSABLE_CONTENT'
  | 'TOO_MANY_REQUESTS'
  | 'INTERNAL_SERVER_ERROR'
  | 'SERVICE_UNAVAILABLE'

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** What can go wrong, said once for server and client: the code, a sentence for a person, the payload's schema. */
export interface FailureDefinition {
  readonly code: FailureCode
  readonly message: string
  readonly payload: z.ZodMiniType<Json>
}

/** A payload that JSON would change on its way (a Date, a Map, a bigint) does not compile. */
function define<const D extends Record<string, FailureDefinition>>(definitions: D): D {
  return definitions
}

const suggestions = z.array(z.string())

/**
 * The failures that procedures declare. A procedure can end only in those it declared
 * and in the common ones.
 */
export const declaredFailures = define({
  SIGNED_OUT: {
    code: 'UNAUTHORIZED',
    message: 'Sign in first.',
    payload: z.object({}),
  },
  USERNAME_TAKEN: {
    code: 'CONFLICT',
    message: 'That username is taken. Pick another one.',
    payload: z.object({ username: z.string(), suggestions }),
  },
  USERNAME_RESERVED: {
    code: 'CONFLICT',
    message: 'That username is reserved. Pick another one.',
    payload: z.object({ username: z.string(), suggestions }),
  },
  USERNAME_HELD: {
    code: 'CONFLICT',
    message: 'That username was given up recently and is held for its last owner. Pick another one.',
    payload: z.object({ username: z.string(), until: instant, suggestions }),
  },
  USERNAME_TOO_SIMILAR: {
    code: 'CONFLICT',
    message: 'That username looks like another one. Pick one that nobody can mix up.',
    /** `resembles` is null where the other name is not for everybody to see. */
    payload: z.object({ username: z.string(), resembles: z.nullable(z.string()), suggestions }),
  },
  CHANGED_TOO_OFTEN: {
    code: 'TOO_MANY_REQUESTS',
    message: 'You changed your username too often. Wait, or go back to one that is held for you.',
    payload: z.object({ retryAt: instant }),
  },
  IDEMPOTENCY_KEY_REUSED: {
    code: 'UNPROCESSABLE_CONTENT',
    message: 'That idempotency key was used for something else. Make a new one for each thing to do.',
    payload: z.object({}),
  },
  NO_USERNAME: {
    code: 'NOT_FOUND',
    message: 'You have no username to give up.',
    payload: z.object({}),
  },
  USERNAME_UNUSED: {
    code: 'NOT_FOUND',
    message: 'That username is nobody’s and not reserved.',
    payload: z.object({ username: z.string() }),
  },
  PERSON_NOT_FOUND: {
    code: 'NOT_FOUND',
    message: 'There is no such person. Name them by @username, e-mail address or id.',
    payload: z.object({ person: z.string() }),
  },
  ADMINISTRATORS_ONLY: {
    code: 'FORBIDDEN',
    message: 'Only administrators may do that.',
    payload: z.object({}),
  },
  PROFILE_NOT_FOUND: {
    code: 'NOT_FOUND',
    message: 'Nobody has that username.',
    payload: z.object({ username: z.string() }),
  },
  PROFILE_CHANGED: {
    code: 'CONFLICT',
    message: 'The profile was changed elsewhere in the meantime. Load it again, then repeat the change.',
    payload: z.object({}),
  },
})

/** The failures that any procedure can end in, without declaring them. */
export const commonFailures = define({
  INVALID_INPUT: {
    code: 'BAD_REQUEST',
    message: 'The input is not valid.',
    payload: z.object({
      /** By name of the input's field, what is wrong with it. */
      fields: z.record(z.string(), z.array(z.string())),
      /** What is wrong with the request as a whole. */
      form: z.array(z.string()),
    }),
  },
  FORBIDDEN: {
    code: 'FORBIDDEN',
    message: 'This page may not act for a signed-in person.',
    payload: z.null(),
  },
  NOT_FOUND: {
    code: 'NOT_FOUND',
    message: 'There is no such thing here.',
    payload: z.null(),
  },
  CONFLICT: {
    code: 'CONFLICT',
    message: 'Something else changed at the same moment. Load it again, then repeat the change.',
    payload: z.null(),
  },
  RATE_LIMITED: {
    code: 'TOO_MANY_REQUESTS',
    message: 'Too many requests. Wait a moment, then try again.',
    payload: z.object({ retryAfterMs: z.int().check(z.nonnegative()) }),
  },
  UNAVAILABLE: {
    code: 'SERVICE_UNAVAILABLE',
    message: 'The service cannot answer right now, and the outcome may be unknown. Try again.',
    payload: z.null(),
  },
  UNEXPECTED: {
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Something went wrong on our side. The request id helps us find it.',
    payload: z.null(),
  },
})

export type DeclaredKind = keyof typeof declaredFailures
export type CommonKind = keyof typeof commonFailures

/** Every failure by its kind. */
export const failures = { ...declaredFailures, ...commonFailures }
export type FailureKind = keyof typeof failures

/** What a failure of kind `K` is made with. */
export type PayloadOf<K extends FailureKind> = z.output<(typeof failures)[K]['payload']>

/** What a failure of kind `K` tells: of an empty payload nothing, where its own type would have any field. */
export type Told<K extends FailureKind> =
  PayloadOf<K> extends Record<string, never> ? Readonly<Record<never, never>> : PayloadOf<K>

/** Whether a string from the wire names a failure that this build knows. */
export function isFailureKind(kind: unknown): kind is FailureKind {
  return typeof kind === 'string' && Object.hasOwn(failures, kind)
}
