import { describe, expect, test } from 'vitest'
import { onServed } from './on-served.ts'
import { clientFor, failureFrom, transports } from './serving.ts'

describe.each(transports)('an input that is too long, sent as %s,', (transport) => {
  const served = onServed()

  function counting() {
    const requests: unknown[] = []
    const counted: typeof fetch = (input, init) => {
      requests.push(input)
      return fetch(input, init)
    }
    return { requests, client: clientFor(served, { transport, fetch: counted }) }
  }

  test.each([
    ['3,000 letters', 'x'.repeat(3000)],
    ['300 characters that a URL has to escape', '漢'.repeat(300)],
  ])('is refused by the server: %s', async (_, username) => {
    const { requests, client } = counting()
    const failures = await Promise.all([
      failureFrom(client.profile.checkUsername.query({ username })),
      failureFrom(client.profile.get.query({ username })),
    ])
    const invalid = { kind: 'INVALID_INPUT', payload: { fields: { username: expect.any(Array) } } }
    expect(failures).toMatchObject([invalid, invalid])
    expect(requests).toHaveLength(2)
  })

  test.each([
    ['a query', (username: string) => counting().client.profile.checkUsername.query({ username })],
    ['a mutation', (username: string) => counting().client.profile.claimUsername.mutate({ username })],
  ])('is INVALID_INPUT where no server would read it: %s', async (_, call) => {
    expect(await failureFrom(call('x'.repeat(40_000)))).toMatchObject({
      kind: 'INVALID_INPUT',
      payload: { fields: {}, form: ['The request is too large.'] },
    })
  })
})
