import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createDibsClient, type DibsClientOptions } from '../../client/index.ts'
import { onListener } from './on-listener.ts'
import { failureFrom, transports } from './serving.ts'

describe('a client', () => {
  test.each([
    'localhost:3000',
    'names.example:443',
    'ftp://names.example',
    'http://',
    'http:/x',
    'https://a b',
  ])('is not made for %j, where no Dibs can be', (url) =>
    expect(() => createDibsClient({ url })).toThrow(/needs a url like https:/),
  )

  test.each(['', '/', '/names', 'https://names.example', 'http://localhost:3000/dibs/'])(
    'is made for %j',
    (url) => {
      expect(() => createDibsClient({ url })).not.toThrow()
    },
  )
})

describe.each(transports)('a mistake in the set-up of a client that sends as %s', (transport) => {
  const on = onListener()
  const tokens: unknown[] = []
  beforeEach(() => {
    tokens.splice(0)
    on.answer = (request, response) => {
      tokens.push(request.headers.authorization)
      response.writeHead(200, { 'content-type': 'text/html' }).end()
    }
  })
  afterEach(() => void vi.unstubAllGlobals())

  test.each<[string, Partial<DibsClientOptions>, RegExp]>([
    ['a token that cannot be had', { token: () => Promise.reject(new Error('locked')) }, /could not be had/],
    ['a token of characters that none has', { token: 'one\ntwo' }, /characters that no token has/],
    ['a person whose id is no text', { person: '\ud800' }, /is no text/],
  ])('is told, and nothing is sent: %s', async (_, options, message) => {
    let asked = 0
    const counted = () => {
      asked += 1
      return typeof options.token === 'function' ? options.token() : options.token
    }
    const { profile } = createDibsClient({ url: on.url, transport, ...options, token: counted })
    const failure = await failureFrom(profile.me.query())
    expect(failure).toMatchObject({ kind: 'NO_ANSWER', message: expect.stringMatching(message) })
    expect([asked, tokens]).toEqual([1, []])
  })

  test('is told: an address without a host, where there is no page', async () => {
    const { profile } = createDibsClient({ url: '', transport })
    expect(await failureFrom(profile.me.query())).toMatchObject({
      kind: 'NO_ANSWER',
      message: expect.stringMatching(/Give createDibsClient a whole url/),
    })
    vi.stubGlobal('location', { href: 'https://names.example/' })
    expect((await failureFrom(profile.me.query())).message).toMatch(/did not answer/)
  })

  test('is none where the token was read from a file with a mark and a line break', async () => {
    await failureFrom(
      createDibsClient({ url: on.url, transport, retries: 0, token: '\ufeffone\n' }).profile.me.query(),
    )
    expect(tokens).toEqual(['Bearer one'])
  })

  test.each([null, undefined, ''])('is none where the token is %j: there is nobody then', async (nobody) => {
    const options = { url: on.url, transport, retries: 0 }
    await failureFrom(createDibsClient({ ...options, token: () => nobody }).profile.me.query())
    await failureFrom(createDibsClient({ ...options, token: nobody }).profile.me.query())
    expect(tokens).toEqual([undefined, undefined])
  })
})
