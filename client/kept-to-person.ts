import type { Operation, TRPCLink } from '@trpc/client'
import type { AppRouter } from '../server/router.ts'
import { NotSent } from './not-sent.ts'

/** Answers the id of whoever is shown, if anybody is. */
export type Shown = () => string | undefined

/** Where a call carries for whom it was begun. */
const begunFor = 'dibs.person'

/** Notes in each call for whom it is begun. */
export function begunForWhomIsShown(shown: Shown): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) =>
      next({ ...op, context: { ...op.context, [begunFor]: shown() } })
}

/**
 * For whom a call is sent, asked when it is: whoever is shown. One that was begun before anybody was known goes on.
 *
 * @throws {NotSent} when it was begun for somebody who is shown no more
 */
export function personOf({ context }: Pick<Operation, 'context'>, shown: Shown): string | undefined {
  const person = shown()
  const begun = context[begunFor]
  if (begun !== undefined && begun !== person)
    throw new NotSent('That was for somebody who is no longer signed in here.')
  return person
}

/**
 * Keeps calls that were begun for different people out of one batch, which is sent for one person:
 * what is begun for another one than the call before goes into a batch of its own.
 */
export function onePersonEach(batching: TRPCLink<AppRouter>): TRPCLink<AppRouter> {
  return (runtime) => {
    let person: unknown
    let batches = batching(runtime)
    return (call) => {
      const begun = call.op.context[begunFor]
      if (begun !== person) {
        person = begun
        batches = batching(runtime)
      }
      return batches(call)
    }
  }
}
