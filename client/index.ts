import {
  createTRPCClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  type Operation,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client'
import type { AnyTRPCRouter } from '@trpc/server'
import type { AppRouter } from '../server/router.ts'
import { mostCallsInBatch } from '../shared/wire.ts'
import { addressOf, fromPage } from './address.ts'
import { headersBy, type Token } from './headers.ts'
import { inTime, usuallyMs } from './in-time.ts'
import { begunForWhomIsShown, onePersonEach, type Shown } from './kept-to-person.ts'
import { fitsBatch, mostInBatch, ofSendableLength } from './length.ts'
import { oneKeyPerCall } from './one-key-per-call.ts'
import { repeating } from './repeating.ts'
import { type EventSourceLike, watchingLinks } from './watching.ts'

export { safe } from '@trpc/client'
export type { AppRouter } from '../server/router.ts'
// Inferred types consist of these too: a project that emits declarations has to be able to name them.
export type { CommonShape, DeclaredShape, Shape } from '../server/trpc/shape.ts'
export { Username, type UsernameKey, usernameKey } from '../shared/username.ts'
export {
  type Cases,
  type ErrorOf,
  type FailureOf,
  type FailureOfKind,
  failureOf,
  match,
  type NoAnswer,
} from './failure.ts'

export interface DibsClientOptions {
  /** Where Dibs is: the URL that `/trpc` follows. In its own pages, ''; where there is no page, a whole one. */
  readonly url: string
  /**
   * The bearer token of whoever is signed in, or a function that answers the latest one.
   * Not needed in a browser, where the session cookie goes along. Where it may come to be somebody
   * else's, give `person` too: a call could be sent again in their name.
   */
  readonly token?: Token | (() => Token | Promise<Token>)
  /**
   * Whom the page shows, by their id, or a function that answers it. In a browser another tab may have signed
   * somebody else in: calls then end in `SIGNED_OUT`, and nothing is done in the name of whom the page
   * doesn't show, nor is a call sent again for anybody else. A browser's own `EventSource` doesn't send it.
   */
  readonly person?: string | undefined | Shown
  /**
   * `batch` (the default) sends calls made in the same moment as one request; `stream` does too,
   * and hands out each answer as it comes; `single` sends each by itself. React Native's fetch
   * can't stream.
   */
  readonly transport?: 'batch' | 'stream' | 'single' | undefined
  /**
   * How often a call is sent again, after 2 s at most, when it ended in `NO_ANSWER` or `UNAVAILABLE`:
   * 2 times by default, 0 for never. Only queries and calls with an idempotency key are, which
   * claiming and releasing a name always have: one made for the call, unless its input brings one.
   */
  readonly retries?: number | undefined
  /**
   * How long an answer may take, each time a call is sent, before it ends in `NO_ANSWER`: 15,000 ms by default, which
   * is longer than a server waits for its database; 0 for no limit. Of a `stream` its beginning may take as long. What
   * `watchUsername` waits for has no limit.
   */
  readonly timeoutMs?: number | undefined
  /** A fetch of your own, for tests or another runtime. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /**
   * What `watchUsername` connects with, where it isn't the browser's: in Node and React Native,
   * which have none, and for a `token`, which a browser's can't send. That of the package
   * `eventsource` sends it, by the `fetch` above.
   */
  readonly EventSource?: EventSourceLike | undefined
}

/** A router that sends plain JSON, as Dibs does: one without a transformer. */
type PlainRouter = AnyTRPCRouter & { _def: { _config: { $types: { transformer: false } } } }

/** The typed client, for browsers, Node and React Native. */
export type DibsClient = TRPCClient<AppRouter>

/**
 * Makes a client: of Dibs alone, or of a router of your own that has Dibs' procedures in it. It opens no
 * connection before the first call, and needs no closing.
 *
 * @throws {TypeError} when `url` can be no address
 */
export function createDibsClient<R extends PlainRouter = AppRouter>({
  url,
  token,
  person,
  transport = 'batch',
  retries = 2,
  timeoutMs = usuallyMs,
  fetch,
  EventSource = globalThis.EventSource,
}: DibsClientOptions): TRPCClient<R> {
  const address = addressOf(url)
  const shown = () => (typeof person === 'function' ? person() : person)
  const headers = headersBy(shown, () => (typeof token === 'function' ? token() : token))
  const send = fetch ?? globalThis.fetch
  // The session cookie is for front ends on other origins of the same site too.
  const withCookie = (input: RequestInfo | URL | string, init?: object) =>
    send(input, { ...init, credentials: 'include' })

  const limited = (stream: boolean) => ({ url: address, fetch: inTime(withCookie, timeoutMs, { stream }) })
  const single = httpLink<AppRouter>({ ...limited(false), headers: ({ op }) => headers(op) })
  const batching = (stream: boolean) => ({
    ...limited(stream),
    headers: ({ opList: [first] }: { opList: [Operation, ...Operation[]] }) => headers(first),
    maxItems: mostCallsInBatch,
    maxURLLength: mostInBatch,
  })
  const batched = (batches: TRPCLink<AppRouter>) =>
    splitLink({ condition: (op) => fitsBatch(address, op), true: onePersonEach(batches), false: single })
  const links = {
    batch: () => batched(httpBatchLink<AppRouter>(batching(false))),
    stream: () => batched(httpBatchStreamLink<AppRouter>(batching(true))),
    single: () => single,
  }
  const chain = [
    ...(fetch === undefined ? [fromPage(address)] : []),
    ofSendableLength(address),
    begunForWhomIsShown(shown),
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: watchingLinks({ url: address, EventSource, headers, fetch: withCookie }),
      false: [oneKeyPerCall, ...repeating(retries), links[transport]()],
    }),
  ]
  // They pass on what they are given, of whatever router it is.
  return createTRPCClient<R>({ links: chain as unknown as TRPCLink<R>[] })
}
