import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { appOn, home, type Member, password, signUp } from '../http/app.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { whileRefusing } from '../support/refusing.ts'

const hour = 60 * 60 * 1000

describe.each(engines)('sessions that ended, on %s,', (engine) => {
  const logged: Record<string, unknown>[] = []
  const log = pino({ level: 'warn' }, { write: (line) => void logged.push(JSON.parse(line)) })
  let database: TestDatabase
  let app: FastifyInstance
  let member: Member
  beforeEach(async () => {
    database ??= await openTestDatabase(engine)
    app ??= await appOn(database, { log })
    member = await signUp(app)
    logged.length = 0
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
  })

  const signIn = () =>
    app.inject({
      method: 'POST',
      url: '/api/auth/sign-in/email',
      headers: { origin: home },
      payload: { email: member.email, password },
    })
  const count = () => database.prisma.session.count({ where: { userId: member.id } })
  /** Gives somebody so many sessions more, that ended so long ago. */
  async function addEnded(howMany: number, agoMs: number) {
    await database.prisma.session.createMany({
      data: Array.from({ length: howMany }, () => ({
        id: crypto.randomUUID(),
        token: crypto.randomUUID(),
        userId: member.id,
        expiresAt: new Date(Date.now() - agoMs),
      })),
    })
  }

  test('are thrown away when others are made, ten at a time', async () => {
    await addEnded(15, hour + 1000)
    expect((await signIn()).statusCode).toBe(200)
    await expect.poll(count).toBe(1 + 5 + 1)
    expect((await signIn()).statusCode).toBe(200)
    await expect.poll(count).toBe(1 + 2)
    expect(logged).toEqual([])
  })

  test('are kept for an hour, within which they may be asked for, and others for as long as they last', async () => {
    await addEnded(1, hour + 1000)
    await addEnded(1, hour - 60_000)
    expect((await signIn()).statusCode).toBe(200)
    await expect.poll(count).toBe(1 + 1 + 1)
  })

  test('may have to stay: whoever signs in is let in all the same, and the log says so', async () => {
    await addEnded(1, hour + 1000)
    const answer = await whileRefusing(database, 'DELETE ON sessions', 'raise_exception', async () => {
      const signedIn = await signIn()
      await expect.poll(() => logged).toHaveLength(1)
      return signedIn
    })
    expect(answer.statusCode).toBe(200)
    expect(logged[0]).toMatchObject({ level: 40, reqId: answer.headers['x-request-id'] })
    expect(await count()).toBe(3)
  })
})
