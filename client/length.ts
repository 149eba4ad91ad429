import type { Operation, TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { AppRouter } from '../server/router.ts'
import { tooLong } from './refused.ts'

/** How long the URL of a batch may be, in characters. */
export const mostInBatch = 2_000

/** How long any URL may be: what every server and proxy should take (RFC 9110, 4.1). No valid input needs as much. */
const mostAtAll = 8_000

/** Whether a call may go with others: one whose own URL is too long for a batch goes by itself. */
export function fitsBatch(address: string, op: Operation): boolean {
  return lengthOf(address, op) <= mostInBatch
}

/** Refuses what is so long that something on the way may refuse it without a word that can be read. */
export function ofSendableLength(address: string): TRPCLink<AppRouter> {
  return () =>
    ({ op, next }) => {
      if (lengthOf(address, op) <= mostAtAll) return next(op)
      return observable((observer) => observer.error(tooLong()))
    }
}

/** How long the URL of a call is in a batch, or 0 for one whose input is in the body. */
function lengthOf(address: string, { type, path, input }: Operation): number {
  if (type === 'mutation') return 0
  return `${address}/${path}?batch=1&input=${encodeURIComponent(JSON.stringify({ 0: input }))}`.length
}
