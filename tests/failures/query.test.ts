import { MutationObserver, QueryClient, QueryObserver } from '@tanstack/react-query'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { type AppRouter, failureOf, match } from '../../client/index.ts'
import { onServed } from './on-served.ts'
import { Page } from './Page.tsx'
import { clientFor, transports } from './serving.ts'

const served = onServed()

function newQueryClient() {
  return new QueryClient({ defaultOptions: { queries: { retry: false, retryOnMount: false } } })
}

describe.each(transports)('TanStack Query, over a client that sends as %s,', (transport) => {
  function connect() {
    const client = clientFor(served, { transport })
    const queryClient = newQueryClient()
    const dibs = createTRPCOptionsProxy<AppRouter>({ client, queryClient })
    return { client, queryClient, dibs }
  }

  test("has a lost claim as the mutation's error, with its payload", async () => {
    const username = `query-${transport}`
    await connect().client.profile.claimUsername.mutate({ username })
    const { queryClient, dibs } = connect()
    const seen: string[] = []
    const mutation = new MutationObserver(queryClient, {
      ...dibs.profile.claimUsername.mutationOptions(),
      onError: (error) => void seen.push(failureOf(error).kind),
    })
    await mutation.mutate({ username }).catch(() => {})
    const { error } = mutation.getCurrentResult()
    const said =
      error &&
      match(error, {
        SIGNED_OUT: () => 'signed out',
        USERNAME_TAKEN: ({ payload }) => payload,
        USERNAME_RESERVED: () => 'reserved',
        USERNAME_HELD: () => 'held',
        USERNAME_TOO_SIMILAR: () => 'too similar',
        CHANGED_TOO_OFTEN: () => 'too often',
        IDEMPOTENCY_KEY_REUSED: () => 'key reused',
        otherwise: () => 'otherwise',
      })
    expect(said).toEqual({ username, suggestions: expect.any(Array) })
    expect(seen).toEqual(['USERNAME_TAKEN'])
  })

  test("has a missing profile as the query's error, with its payload", async () => {
    const { queryClient, dibs } = connect()
    const query = new QueryObserver(queryClient, dibs.profile.get.queryOptions({ username: 'nobody-yet' }))
    const { error } = await query.refetch()
    expect(error && failureOf(error)).toMatchObject({
      kind: 'PROFILE_NOT_FOUND',
      payload: { username: 'nobody-yet' },
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
  })

  test('renders a failure in a component below DibsProvider', async () => {
    const { client, queryClient, dibs } = connect()
    await queryClient.prefetchQuery(dibs.profile.get.queryOptions({ username: 'nobody-yet' }))
    const page = createElement(Page, { client, queryClient, username: 'nobody-yet' })
    expect(renderToString(page)).toBe('<p>nobody-yet is nobody</p>')
  })
})
