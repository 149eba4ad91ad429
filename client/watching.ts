import { httpSubscriptionLink, retryLink, type TRPCLink } from '@trpc/client'
import type { AppRouter } from '../server/router.ts'
import { failureOf } from './failure.ts'

/** A browser's `EventSource`, or one that is like it. */
export type EventSourceLike = NonNullable<Parameters<typeof httpSubscriptionLink>[0]['EventSource']>

interface WatchingOptions {
  readonly url: string
  readonly EventSource: EventSourceLike | undefined
  headers(): Promise<Record<string, string>>
  fetch(input: RequestInfo | URL, init?: object): Promise<Response>
}

/** How long after a stream that could not be had the next is asked for, at most. */
const mostWaitMs = 10_000

/**
 * Sends subscriptions as server-sent events.
 *
 * An EventSource connects again by itself when a stream ends, but gives up on an answer that is
 * none, as a proxy gives while the server behind it starts. That is asked for again here.
 */
export function watchingLinks({ url, EventSource, headers, fetch }: WatchingOptions): TRPCLink<AppRouter>[] {
  if (EventSource === undefined) return [withoutEventSource]
  const eventSourceOptions = {
    withCredentials: true,
    // A browser's own EventSource takes no notice of it, and sends no headers.
    async fetch(input: string | URL, init: { readonly headers?: object }) {
      return fetch(input, { ...init, headers: { ...init.headers, ...(await headers()) } })
    },
  }
  return [
    retryLink({
      retry: ({ error }) => failureOf(error).kind === 'NO_ANSWER',
      retryDelayMs: (attempts) => Math.min(mostWaitMs, 500 * 2 ** attempts) * (0.5 + Math.random() / 2),
    }),
    httpSubscriptionLink({ url, EventSource, eventSourceOptions }),
  ]
}

const withoutEventSource: TRPCLink<AppRouter> = () => () => {
  throw new TypeError(
    'There is no EventSource here to watch with. Give createDibsClient one, such as that of the package eventsource.',
  )
}
