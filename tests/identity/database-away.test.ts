import { connect, createServer, type Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/database/open.ts'
import { appOn, home, type Member, password, post, query, signUp } from '../http/app.ts'
import { expectNoInternals, expectRefusal } from '../http/refusal.ts'
import { newPlace, openTestDatabase, type Place, silent, urlOf, withPostgres } from '../support/database.ts'
import { freePort } from '../support/server.ts'

async function expectAway(app: FastifyInstance, member: Member) {
  const json = { 'content-type': 'application/json', origin: home }
  const { email } = member
  const asked = [
    await app.inject({ url: query('profile.me'), headers: member.browser }),
    await post(app, '/trpc/profile.claimUsername', { username: 'while-away' }, member.program),
    await app.inject({ url: query('profile.get', { username: 'while-away' }) }),
  ]
  for (const answer of asked) expectRefusal(answer, 503, 'UNAVAILABLE')
  const authentications = [
    await post(app, '/api/auth/sign-in/email', { email, password }, json),
    await post(app, '/api/auth/sign-up/email', { email: 'away@people.example', password, name: 'A' }, json),
    await app.inject({ url: '/api/auth/get-session', headers: member.browser }),
    await post(app, '/api/auth/sign-out', {}, member.browser),
  ]
  for (const answer of authentications) {
    expectNoInternals(answer)
    expect(answer.statusCode, answer.body).toBe(503)
  }
  expect((await app.inject({ url: '/readyz' })).statusCode).toBe(503)
  expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200)
}

describe('while the embedded database is away', () => {
  test.each([true, false])('everything that needs it is unavailable (limits: %s)', async (rateLimits) => {
    const database = await openTestDatabase('embedded')
    const app = await appOn(database, { settings: { rateLimits } })
    const member = await signUp(app)
    await database.close()
    await expectAway(app, member)
    await app.close()
  })
})

/** A way to PostgreSQL that can be cut. */
class Wire {
  readonly #sockets = new Set<Socket>()
  #server = createServer()

  lay(port: number, to: { host: string; port: number }) {
    this.#server = createServer((near) => {
      const far = connect(to.port, to.host)
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(socket)
        socket.on('error', () => other.destroy()).pipe(other)
      }
    })
    return new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve))
  }

  cut() {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }
}

describe.runIf(withPostgres)('while PostgreSQL is away', () => {
  const wire = new Wire()
  let port: number
  let place: Place
  let target: URL
  let database: Database
  const lay = () => wire.lay(port, { host: target.hostname, port: Number(target.port || 5432) })
  beforeAll(async () => {
    port = await freePort()
    place = await newPlace('postgresql', { migrated: true })
    target = new URL(urlOf(place.location))
    await lay()
    const detour = new URL(target.href)
    detour.host = `127.0.0.1:${port}`
    database = await openDatabase({ url: detour.href, poolSize: 4 }, silent)
  })
  afterAll(async () => {
    await database?.close()
    wire.cut()
    await place?.remove()
  })

  test.each([true, false])(
    'everything that needs it is unavailable, and works again after (limits: %s)',
    async (rateLimits) => {
      const app = await appOn(database, { settings: { rateLimits } })
      const member = await signUp(app)
      wire.cut()
      await expectAway(app, member)
      await lay()
      expect((await app.inject({ url: query('profile.me'), headers: member.browser })).statusCode).toBe(200)
      expect((await app.inject({ url: '/readyz' })).statusCode).toBe(200)
      await app.close()
    },
  )
})
