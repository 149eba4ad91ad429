import { useMutation, useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { useSubscription } from '@trpc/tanstack-react-query'
import { expectTypeOf } from 'expect-type'
import { type AppRouter, type ErrorOf, failureOf, match } from '../../client/index.ts'
import { useDibs, useDibsClient } from '../../client/react.ts'

type Common =
  | 'INVALID_INPUT'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'RATE_LIMITED'
  | 'UNAVAILABLE'
  | 'UNEXPECTED'
  | 'NO_ANSWER'
type Claim =
  | 'SIGNED_OUT'
  | 'USERNAME_TAKEN'
  | 'USERNAME_RESERVED'
  | 'USERNAME_HELD'
  | 'USERNAME_TOO_SIMILAR'
  | 'CHANGED_TOO_OFTEN'
  | 'IDEMPOTENCY_KEY_REUSED'

export function Mutation() {
  const { error, mutate } = useMutation(
    useDibs().profile.claimUsername.mutationOptions({
      onError: (error) => expectTypeOf(failureOf(error).kind).toEqualTypeOf<Claim | Common>(),
    }),
  )
  // @ts-expect-error the input has no such field
  mutate({ name: 'neo' })
  // @ts-expect-error there may be no error
  failureOf(error)
  if (!error) return
  expectTypeOf(failureOf(error).kind).toEqualTypeOf<Claim | Common>()
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
    SIGNED_OUT: () => 1,
    USERNAME_TAKEN: ({ payload }) => expectTypeOf(payload.suggestions).toEqualTypeOf<string[]>(),
    USERNAME_RESERVED: () => 1,
    USERNAME_HELD: () => 1,
    USERNAME_TOO_SIMILAR: () => 1,
    CHANGED_TOO_OFTEN: () => 1,
    IDEMPOTENCY_KEY_REUSED: () => 1,
    otherwise: () => 1,
  })
}

export function Query() {
  const { error, data } = useQuery(useDibs().profile.get.queryOptions({ username: 'neo' }))
  if (data && 'movedTo' in data) expectTypeOf(data.movedTo).toEqualTypeOf<string>()
  if (!error) return
  expectTypeOf(failureOf(error).kind).toEqualTypeOf<'PROFILE_NOT_FOUND' | Common>()
  match(error, { PROFILE_NOT_FOUND: ({ payload }) => payload.username, otherwise: () => '' })
  // @ts-expect-error a query of a profile cannot end in USERNAME_TAKEN
  match(error, { PROFILE_NOT_FOUND: () => '', USERNAME_TAKEN: () => '', otherwise: () => '' })
  const passedOn: ErrorOf<AppRouter['profile']['get']> = error
  expectTypeOf(failureOf(passedOn)).toEqualTypeOf(failureOf(error))
  // @ts-expect-error the error of another procedure
  wants(error)
}

function wants(error: ErrorOf<AppRouter['profile']['update']>) {
  return match(error, { SIGNED_OUT: () => 1, PROFILE_CHANGED: () => 2, otherwise: () => 3 })
}

export function QueryWithoutInput() {
  const { error } = useQuery(useDibs().profile.me.queryOptions())
  if (error) expectTypeOf(failureOf(error).kind).toEqualTypeOf<'SIGNED_OUT' | Common>()
}

export function QueryThatDeclaresNothing() {
  const { error } = useSuspenseQuery(useDibs().profile.checkUsername.queryOptions({ username: 'neo' }))
  if (error) match(error, { otherwise: ({ kind }) => expectTypeOf(kind).toEqualTypeOf<Common>() })
}

export function Subscription() {
  const { data, error } = useSubscription(
    useDibs().profile.watchUsername.subscriptionOptions({ username: 'neo' }),
  )
  if (data)
    expectTypeOf(data.status).toExtend<
      'available' | 'yours' | 'taken' | 'reserved' | 'held' | 'too-similar'
    >()
  if (!error) return
  expectTypeOf(failureOf(error).kind).toEqualTypeOf<Common>()
  match(error, { RATE_LIMITED: ({ payload }) => payload.retryAfterMs, otherwise: () => 0 })
  // @ts-expect-error watching cannot end in USERNAME_TAKEN
  match(error, { USERNAME_TAKEN: () => 1, otherwise: () => 0 })
  const passedOn: ErrorOf<AppRouter['profile']['watchUsername']> = error
  expectTypeOf(failureOf(passedOn)).toEqualTypeOf(failureOf(error))
}

export function useClaimOutsideOfQuery() {
  return useDibsClient().profile.claimUsername.mutate({ username: 'neo' })
}
