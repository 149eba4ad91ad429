import { TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { AppRouter } from '../server/router.ts'

/** Where a call carries for whom it was begun. */
const begunFor = 'dibs.person'

/**
 * Keeps a call that is sent again to the person for whom it was begun: once somebody else is shown, or nobody,
 * it is not sent any more, and ends in `NO_ANSWER`. One that was begun before anybody was known goes on.
 *
 * @param person answers the id of whoever is shown
 * @param repeating what sends calls again
 */
export function keptToPerson(
  person: () => string | undefined,
  repeating: readonly TRPCLink<AppRouter>[],
): TRPCLink<AppRouter>[] {
  const begin: TRPCLink<AppRouter> =
    () =>
    ({ op, next }) =>
      next({ ...op, context: { ...op.context, [begunFor]: person() } })
  const send: TRPCLink<AppRouter> =
    () =>
    ({ op, next }) => {
      const begun = op.context[begunFor]
      if (begun === undefined || begun === person()) return next(op)
      return observable((observer) => observer.error(new TRPCClientError('somebody else is shown by now')))
    }
  return [begin, ...repeating, send]
}
