import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, newPlace, type Place } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'

const password = 'hidden-correct-horse'
const wrong = 'hidden-wrong-horse'
const secret = `hidden-${authSecret}`

describe.each(engines)('the log of a process on %s', (engine) => {
  let server: ServerProcess
  let place: Place
  const secrets: string[] = [password, wrong, secret]
  const ids: string[] = []
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
    server = await startServer({ ...settingsOf(place), AUTH_SECRET: secret, LOG_LEVEL: 'trace' })
    await visit()
    await server.stop()
  })
  afterAll(async () => {
    await server?.kill()
    await place?.remove()
  })

  async function ask(path: string, headers: Record<string, string>, body?: object) {
    const answer = await fetch(`${server.url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', ...headers },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    ids.push(answer.headers.get('x-request-id') ?? 'none')
    return answer
  }

  /** All that a person does, and does wrong. */
  async function visit() {
    const email = 'logged@people.example'
    const origin = server.url
    const signedUp = await ask('/api/auth/sign-up/email', { origin }, { email, password, name: 'Logged' })
    const token = signedUp.headers.get('set-auth-token') ?? ''
    const cookie = signedUp.headers.getSetCookie().join().split(';')[0] ?? ''
    expect(cookie).toContain('session_token=')
    secrets.push(token, token.split('.')[0] ?? '', cookie.split('=')[1] ?? '')
    const bearer = { authorization: `Bearer ${token}` }
    await ask('/api/auth/sign-up/email', { origin }, { email, password, name: 'Again' })
    await ask('/api/auth/sign-in/email', { origin }, { email, password: wrong })
    await ask(
      '/api/auth/sign-in/email',
      { origin, cookie },
      { email, password, callbackURL: 'https://stranger.example' },
    )
    await ask(`/api/auth/sign-in/email?password=${password}`, {})
    await ask(`/api/auth/verify-email?token=${token}`, { cookie, origin })
    await ask('/trpc/profile.claimUsername', bearer, { username: 'Logged' })
    await ask('/trpc/profile.claimUsername', bearer, { username: 'admin' })
    await ask(
      '/trpc/profile.claimUsername',
      { cookie, origin: 'https://stranger.example' },
      { username: 'foreign' },
    )
    await ask('/trpc/profile.update', { cookie, origin }, { version: 99, bio: 'x' })
    await ask(`/trpc/profile.me?token=${encodeURIComponent(token)}`, { cookie })
    await ask('/trpc/profile.me', { authorization: `Bearer ${secret}` })
    await ask('/%', bearer)
    await ask(
      '/api/auth/change-password',
      { origin, cookie },
      { currentPassword: wrong, newPassword: password },
    )
    await ask('/api/auth/sign-out', { origin, cookie }, {})
  }

  const lines = () =>
    server
      .output()
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith(' '))
      .map((line) => JSON.parse(line))

  test('is one line of JSON for each event', () => {
    expect(lines().length).toBeGreaterThan(ids.length)
    for (const line of lines())
      expect(line).toMatchObject({ level: expect.any(Number), msg: expect.any(String) })
  })

  test('names the request in every line of one', () => {
    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) {
      const ofRequest = lines().filter((line) => line.reqId === id)
      expect(ofRequest.at(-1)).toMatchObject({
        req: { method: expect.any(String), path: expect.stringMatching(/^\/[^?]*$/) },
        res: { statusCode: expect.any(Number) },
      })
    }
    const ofAuth = lines().filter(({ msg }) => msg.startsWith('auth: '))
    expect(ofAuth.length).toBeGreaterThan(0)
    for (const line of ofAuth) expect(ids).toContain(line.reqId)
  })

  test('holds no password, token, cookie or secret', () => {
    const output = server.output()
    for (const one of secrets) {
      expect(one.length).toBeGreaterThan(15)
      expect(output).not.toContain(one)
      expect(output).not.toContain(encodeURIComponent(one))
    }
    expect(output.toLowerCase()).not.toContain('bearer ')
  })
})
