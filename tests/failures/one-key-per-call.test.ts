import { afterEach, describe, expect, test, vi } from 'vitest'
import { clientFor, failureFrom } from './serving.ts'

describe('the key of a call', () => {
  afterEach(() => vi.unstubAllGlobals())

  /** The inputs that a client sends, answered by nobody. */
  function eavesdropping() {
    const inputs: Record<string, unknown>[] = []
    const { profile } = clientFor(
      { url: 'http://127.0.0.1' },
      {
        transport: 'single',
        retries: 0,
        async fetch(_, init) {
          inputs.push(JSON.parse(String(init?.body)))
          throw new TypeError('offline')
        },
      },
    )
    return { inputs, profile }
  }

  test('is one of its own, unless its input brings one', async () => {
    const { inputs, profile } = eavesdropping()
    const input = { username: 'neo' }
    await failureFrom(profile.claimUsername.mutate(input))
    await failureFrom(profile.claimUsername.mutate(input))
    await failureFrom(profile.claimUsername.mutate({ ...input, idempotencyKey: 'mine' }))
    await failureFrom(profile.releaseUsername.mutate({}))
    await failureFrom(profile.releaseUsername.mutate())
    await failureFrom(profile.update.mutate({ bio: '', version: 0 }))
    const uuid = expect.stringMatching(/^[0-9a-f-]{36}$/)
    expect(inputs).toEqual([
      { username: 'neo', idempotencyKey: uuid },
      { username: 'neo', idempotencyKey: uuid },
      { username: 'neo', idempotencyKey: 'mine' },
      { idempotencyKey: uuid },
      { idempotencyKey: uuid },
      { bio: '', version: 0 },
    ])
    expect(inputs[0]?.idempotencyKey).not.toBe(inputs[1]?.idempotencyKey)
    expect(input).toEqual({ username: 'neo' })
  })

  test.each([
    ['there is no crypto, as in React Native', undefined],
    ['a page without TLS has no randomUUID', { getRandomValues: () => {} }],
  ])('is made where %s', async (_where, crypto) => {
    vi.stubGlobal('crypto', crypto)
    const { inputs, profile } = eavesdropping()
    for (let calls = 0; calls < 100; calls++) await failureFrom(profile.releaseUsername.mutate({}))
    const keys = inputs.map(({ idempotencyKey }) => idempotencyKey)
    expect(keys).toEqual(Array(100).fill(expect.stringMatching(/^[0-9a-f]{32}$/)))
    expect(new Set(keys).size).toBe(100)
  })
})
