import type { TRPCClientErrorLike } from '@trpc/client'
import { expectTypeOf } from 'expect-type'
import { type AppRouter, createDibsClient, type ErrorOf, failureOf, match, safe } from '../../client/index.ts'

const client = createDibsClient({ url: '' })

export async function claim() {
  const [data, error] = await safe(client.profile.claimUsername.mutate({ username: 'neo' }))
  if (!error) {
    expectTypeOf(data.username).toEqualTypeOf<string>()
    return
  }
  const failure = failureOf(error)
  expectTypeOf(failure.kind).toEqualTypeOf<
    | 'SIGNED_OUT'
    | 'USERNAME_TAKEN'
    | 'USERNAME_RESERVED'
    | 'USERNAME_HELD'
    | 'USERNAME_TOO_SIMILAR'
    | 'CHANGED_TOO_OFTEN'
    | 'IDEMPOTENCY_KEY_REUSED'
    | 'INVALID_INPUT'
    | 'FORBIDDEN'
    | 'NOT_FOUND'
    | 'CONFLICT'
    | 'RATE_LIMITED'
    | 'UNAVAILABLE'
    | 'UNEXPECTED'
    | 'NO_ANSWER'
  >()
  const said = match(error, {
    SIGNED_OUT: () => 1 as const,
    USERNAME_TAKEN: ({ payload }) => payload.suggestions,
    USERNAME_RESERVED: () => null,
    USERNAME_HELD: ({ payload }) => payload.until,
    USERNAME_TOO_SIMILAR: ({ payload }) => payload.resembles,
    CHANGED_TOO_OFTEN: ({ payload }) => payload.retryAt,
    IDEMPOTENCY_KEY_REUSED: () => null,
    RATE_LIMITED: ({ payload }) => payload.retryAfterMs,
    otherwise: ({ message }) => message,
  })
  expectTypeOf(said).toEqualTypeOf<1 | string[] | null | string | number>()
  // @ts-expect-error USERNAME_HELD is missing
  match(error, {
    SIGNED_OUT: () => 1,
    USERNAME_TAKEN: () => 1,
    USERNAME_RESERVED: () => 1,
    USERNAME_TOO_SIMILAR: () => 1,
    CHANGED_TOO_OFTEN: () => 1,
    IDEMPOTENCY_KEY_REUSED: () => 1,
    otherwise: () => 1,
  })
  match(error, {
    // @ts-expect-error a claim cannot end in PROFILE_CHANGED
    PROFILE_CHANGED: () => 1,
    SIGNED_OUT: () => 1,
    USERNAME_TAKEN: () => 1,
    USERNAME_RESERVED: () => 1,
    USERNAME_HELD: () => 1,
    USERNAME_TOO_SIMILAR: () => 1,
    CHANGED_TOO_OFTEN: () => 1,
    IDEMPOTENCY_KEY_REUSED: () => 1,
    otherwise: () => 1,
  })
  match(error, {
    // @ts-expect-error RATE_LIMIT is misspelt
    RATE_LIMIT: () => 1,
    SIGNED_OUT: () => 1,
    USERNAME_TAKEN: () => 1,
    USERNAME_RESERVED: () => 1,
    USERNAME_HELD: () => 1,
    USERNAME_TOO_SIMILAR: () => 1,
    CHANGED_TOO_OFTEN: () => 1,
    IDEMPOTENCY_KEY_REUSED: () => 1,
    otherwise: () => 1,
  })
  // @ts-expect-error neither all of the common failures nor otherwise
  match(error, {
    RATE_LIMITED: () => 1,
    SIGNED_OUT: () => 1,
    USERNAME_TAKEN: () => 1,
    USERNAME_RESERVED: () => 1,
    USERNAME_HELD: () => 1,
    USERNAME_TOO_SIMILAR: () => 1,
    CHANGED_TOO_OFTEN: () => 1,
    IDEMPOTENCY_KEY_REUSED: () => 1,
  })
}

export function watch() {
  return client.profile.watchUsername.subscribe(
    { username: 'neo' },
    {
      onData: ({ status }) =>
        expectTypeOf(status).toEqualTypeOf<
          'available' | 'yours' | 'taken' | 'reserved' | 'held' | 'too-similar'
        >(),
      onError: (error) => match(error, { otherwise: ({ message }) => message }),
    },
  )
}

/** For what is caught, of which the types tell nothing. */
export async function ofAnything() {
  try {
    await client.profile.releaseUsername.mutate()
    await client.profile.usernameHistory.query()
  } catch (error) {
    const failure = failureOf(error)
    expectTypeOf<'USERNAME_TAKEN' | 'UNAVAILABLE' | 'NO_ANSWER'>().toExtend<typeof failure.kind>()
    if (failure.kind === 'USERNAME_HELD') expectTypeOf(failure.payload.until).toEqualTypeOf<string>()
    match(error as ErrorOf<AppRouter['profile']['releaseUsername']>, {
      SIGNED_OUT: () => 1,
      NO_USERNAME: () => 2,
      IDEMPOTENCY_KEY_REUSED: () => 3,
      otherwise: () => 4,
    })
  }
}

/** With what may be missing in the environment. */
export function withLittle(text: string | undefined) {
  const nothing = { retries: undefined, timeoutMs: undefined, fetch: undefined, EventSource: undefined }
  createDibsClient({ url: '', token: text, person: text, transport: undefined, ...nothing })
  createDibsClient({ url: '', token: () => text ?? null, person: () => text })
}

/** For whatever handles the errors of every call, a QueryCache's onError among them. */
export function ofAnyCall(error: TRPCClientErrorLike<AppRouter>) {
  expectTypeOf<'USERNAME_TAKEN' | 'PROFILE_CHANGED'>().toExtend<
    ReturnType<typeof failureOf<typeof error>>['kind']
  >()
  // @ts-expect-error it may be a declared failure of any procedure
  match(error, { otherwise: () => 1 })
}
