import { httpSubscriptionLink, type Operation, retryLink, TRPCClientError, type TRPCLink } from '@trpc/client'
import { observable } from '@trpc/server/observable'
import type { AppRouter } from '../server/router.ts'
import { failureOf } from './failure.ts'
import { NoToken, NotSent } from './not-sent.ts'
import { refused, tooLong } from './refused.ts'

/** A browser's `EventSource`, or one that is like it. */
export type EventSourceLike = NonNullable<Parameters<typeof httpSubscriptionLink>[0]['EventSource']>

interface WatchingOptions {
  readonly url: string
  readonly EventSource: EventSourceLike | undefined
  headers(op: Operation): Promise<Record<string, string>>
  fetch(input: RequestInfo | URL, init?: object): Promise<Response>
}

/** How long after a stream that could not be had the next is asked for, at most. */
const mostWaitMs = 10_000

/** Where a subscription carries how to end it. */
const ending = 'dibs.end'

/**
 * Sends subscriptions as server-sent events.
 *
 * An EventSource connects again by itself when a stream ends, but gives up on an answer that is
 * none, as a proxy gives while the server behind it starts. That is asked for again here.
 */
export function watchingLinks({ url, EventSource, headers, fetch }: WatchingOptions): TRPCLink<AppRouter>[] {
  if (EventSource === undefined) return [withoutEventSource]
  const eventSourceOptions = ({ op }: { op: Operation }) => ({
    withCredentials: true,
    // A browser's own EventSource takes no notice of it, and sends no headers.
    async fetch(input: string | URL, init: { readonly headers?: object }) {
      const own = await headers(op).catch((error) => {
        // A token may be had again later, as a connection may.
        if (error instanceof NotSent && !(error instanceof NoToken)) endOf(op)(error)
        throw error
      })
      return fetch(input, { ...init, headers: { ...init.headers, ...own } })
    },
  })
  return [
    retryLink({
      retry: ({ error }) => !(error.cause instanceof NotSent) && failureOf(error).kind === 'NO_ANSWER',
      retryDelayMs: (attempts) => Math.min(mostWaitMs, 500 * 2 ** attempts) * (0.5 + Math.random() / 2),
    }),
    endingForGood,
    httpSubscriptionLink({ url, EventSource, eventSourceOptions }),
  ]
}

/** Ends a stream that will never be had: by what it carries to be ended with, or by the status that it has. */
const endingForGood: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) =>
    observable((observer) => {
      const end = (error: Error) => observer.error(TRPCClientError.from(error))
      return next({ ...op, context: { ...op.context, [ending]: end } }).subscribe({
        next: (value) => observer.next(value),
        error: (error) => observer.error(refusalIn(error) ?? error),
        complete: () => observer.complete(),
      })
    })

function endOf({ context }: Operation): (error: Error) => void {
  return context[ending] as (error: Error) => void
}

/** What an answer said that was no stream, as far as its status tells, which a browser's EventSource does not. */
function refusalIn(error: TRPCClientError<AppRouter>): TRPCClientError<AppRouter> | undefined {
  const status = codeOf(error.cause) ?? codeOf(error.shape)
  switch (status) {
    case 400:
      return refused(status, 'INVALID_INPUT', { fields: {}, form: ['The request cannot be read.'] })
    case 403:
      return refused(status, 'FORBIDDEN', null)
    case 404:
      return refused(status, 'NOT_FOUND', null)
    case 413:
    case 414:
    case 431:
      return tooLong(status)
    default:
      return undefined
  }
}

/** The status in the error event of the package eventsource, which tRPC may take for an error of a server. */
function codeOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'code' in event ? event.code : undefined
}

const withoutEventSource: TRPCLink<AppRouter> = () => () => {
  throw new TypeError(
    'There is no EventSource here to watch with. Give createDibsClient one, such as that of the package eventsource.',
  )
}
