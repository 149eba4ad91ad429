import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { authenticateByJwks } from '../../server/identity/jwks.ts'
import { appOn, post, query } from '../http/app.ts'
import { expectRefusal } from '../http/refusal.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'

const issuer = 'https://id.example/'
const audience = 'dibs'

type Keys = Awaited<ReturnType<typeof newKeys>>
async function newKeys(kid: string) {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  return { privateKey, kid, jwk: { ...(await exportJWK(publicKey)), kid, alg: 'ES256', use: 'sig' } }
}

/** An identity provider that publishes keys, and counts how often it was asked for them. */
function newProvider() {
  const provider = { keys: [] as Keys[], status: 200, body: undefined as string | undefined, asked: 0 }
  const server = createServer((_request, response) => {
    provider.asked += 1
    response.writeHead(provider.status, { 'content-type': 'application/json' })
    response.end(provider.body ?? JSON.stringify({ keys: provider.keys.map(({ jwk }) => jwk) }))
  })
  return { provider, server }
}

function tokenBy({ privateKey, kid }: Keys, claims: { [claim: string]: unknown } = {}, header: object = {}) {
  const now = Math.floor(Date.now() / 1000)
  return new SignJWT({ sub: 'person-1', name: 'Ada', iss: issuer, aud: audience, exp: now + 60, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid, ...header })
    .sign(privateKey)
}

describe.each(engines)('a token of a team’s own identity provider on %s', (engine) => {
  const { provider, server } = newProvider()
  let database: TestDatabase
  let app: FastifyInstance
  let url: string
  let keys: Keys
  beforeAll(async () => {
    await new Promise<Server>((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
    keys = await newKeys('first')
    provider.keys = [keys]
    database = await openTestDatabase(engine)
    app = await appOn(database, { authenticate: authenticateByJwks({ url, issuer, audience }) })
  })
  afterAll(async () => {
    vi.useRealTimers()
    await app?.close()
    await database?.close()
    server.close()
  })

  const claim = (token: string, username: string, to = app) =>
    post(
      to,
      '/trpc/profile.claimUsername',
      { username },
      {
        'content-type': 'application/json',
        authorization: `Bearer ${token}`,
      },
    )

  test('claims a name for its subject', async () => {
    const answer = await claim(await tokenBy(keys), 'by-token')
    expect(answer.json().result.data.key).toBe('by-token')
    expect(await database.prisma.username.findUnique({ where: { key: 'by-token' } })).toMatchObject({
      ownerId: 'person-1',
    })
    const profile = await app.inject({ url: query('profile.get', { username: 'by-token' }) })
    expect(profile.json().result.data.displayName).toBe('Ada')
  })

  test('with an address that cannot be stored is without one', async () => {
    const stranger = { sub: 'stranger', email: 'nul\0@people.example', email_verified: true }
    const headers = { authorization: `Bearer ${await tokenBy(keys, stranger)}` }
    const answer = await app.inject({
      url: query('profile.checkUsername', { username: 'free-name' }),
      headers,
    })
    expect([answer.statusCode, answer.json().result?.data.status]).toEqual([200, 'available'])
  })

  test('leaves no e-mail and password beside it', async () => {
    expectRefusal(
      await post(app, '/api/auth/sign-up/email', {}, { 'content-type': 'application/json' }),
      404,
      'NOT_FOUND',
    )
  })

  const none = Buffer.from('{"alg":"none"}').toString('base64url')
  const claims = Buffer.from(
    JSON.stringify({ sub: 'person-1', iss: issuer, aud: audience, exp: 9_999_999_999 }),
  ).toString('base64url')
  test.each<[string, () => string | Promise<string>]>([
    ['an expired one', () => tokenBy(keys, { exp: 1_000_000_000 })],
    ['one that is not valid yet', () => tokenBy(keys, { nbf: 9_999_999_999 })],
    ['one without an end', () => tokenBy(keys, { exp: undefined })],
    ['one for another audience', () => tokenBy(keys, { aud: 'somebody-else' })],
    ['one for no audience', () => tokenBy(keys, { aud: undefined })],
    ['one of another issuer', () => tokenBy(keys, { iss: 'https://other.example/' })],
    ['one about nobody', () => tokenBy(keys, { sub: undefined })],
    ['one about an empty subject', () => tokenBy(keys, { sub: '' })],
    ['one about a number', () => tokenBy(keys, { sub: 7 })],
    ['one about a list', () => tokenBy(keys, { sub: ['person-1'] })],
    ['one about a NUL', () => tokenBy(keys, { sub: 'person\0' })],
    ['one about a subject as long as a book', () => tokenBy(keys, { sub: 'x'.repeat(4000) })],
    ['an unsigned one', () => `${none}.${claims}.`],
    ['one signed by a key that is not published', async () => tokenBy(await newKeys('first'))],
    ['one signed by an unknown key', async () => tokenBy(await newKeys('unknown'))],
    [
      'one signed with the public key as a secret',
      () =>
        new SignJWT({ sub: 'person-1', iss: issuer, aud: audience, exp: 9_999_999_999 })
          .setProtectedHeader({ alg: 'HS256', kid: 'first' })
          .sign(new TextEncoder().encode(JSON.stringify(keys.jwk))),
    ],
    ['one cut short', async () => (await tokenBy(keys)).slice(0, -10)],
    ['no token at all', () => 'x'],
  ])('%s is nobody’s', async (_what, token) => {
    expectRefusal(await claim(await token(), 'not-by-token'), 401, 'SIGNED_OUT')
    expect(await database.prisma.username.findUnique({ where: { key: 'not-by-token' } })).toBeNull()
  })

  test('gives a name that can be shown, whatever it says', async () => {
    const token = await tokenBy(keys, { sub: 'person-2', name: `a\0b${'c'.repeat(200)}` })
    expect((await claim(token, 'odd-name')).statusCode).toBe(200)
    const row = await database.prisma.profile.findUnique({ where: { id: 'person-2' } })
    expect(row?.displayName).toBe(`a b${'c'.repeat(77)}`)
  })

  test('signed by a key that was published since is accepted, and the key that was withdrawn is not', async () => {
    const next = await newKeys('second')
    provider.keys = [next]
    const old = await tokenBy(keys)
    // The keys are asked for again at most every 30 seconds.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31_000 })
    expect((await claim(await tokenBy(next, { sub: 'person-3' }), 'rotated')).statusCode).toBe(200)
    expectRefusal(await claim(old, 'withdrawn'), 401, 'SIGNED_OUT')
    vi.useRealTimers()
  })

  test('unknown ones do not make Dibs ask for the keys each time', async () => {
    const unknown = await tokenBy(await newKeys('unknown'))
    const before = provider.asked
    await Promise.all(Array.from({ length: 20 }, () => claim(unknown, 'flooded')))
    expect(provider.asked - before).toBeLessThanOrEqual(1)
  })

  test.each([
    ['answers 500', { status: 500 }],
    ['answers no keys', { body: '<html>' }],
    ['answers something else', { body: '{"keys":5}' }],
  ])('cannot be told while the provider %s', async (_what, trouble) => {
    Object.assign(provider, trouble)
    const fresh = await appOn(database, { authenticate: authenticateByJwks({ url, issuer, audience }) })
    expectRefusal(await claim(await tokenBy(keys), 'in-trouble', fresh), 503, 'UNAVAILABLE')
    Object.assign(provider, { status: 200, body: undefined })
    await fresh.close()
  })

  test('cannot be told while the provider is out of reach, but who sends none is signed out', async () => {
    const gone = authenticateByJwks({ url: 'http://127.0.0.1:9/jwks', issuer, audience })
    const fresh = await appOn(database, { authenticate: gone })
    expectRefusal(await claim(await tokenBy(keys), 'out-of-reach', fresh), 503, 'UNAVAILABLE')
    expectRefusal(await fresh.inject({ url: query('profile.me') }), 401, 'SIGNED_OUT')
    expect(
      (await fresh.inject({ url: query('profile.checkUsername', { username: 'anybody' }) })).statusCode,
    ).toBe(200)
    await fresh.close()
  })
})
