import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appOn, cookieOf, home, password, post, signUp } from '../http/app.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { whileRefusing } from '../support/refusing.ts'

const wrong = 'wrong horse battery'

describe.each(engines)('whether a password is right, on %s,', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine)
  })
  afterAll(() => database?.close())

  test.each([
    ['verify-password', { password: wrong }],
    ['change-password', { currentPassword: wrong, newPassword: password }],
    ['delete-user', { password: wrong }],
  ])('is told at %s only a few times', async (path, body) => {
    const app = await appOn(database, { settings: { rateLimits: true } })
    const { browser } = await signUp(app)
    const answers = []
    for (let made = 0; made < 11; made++) {
      answers.push((await post(app, `/api/auth/${path}`, body, browser)).statusCode)
    }
    expect(answers).toEqual([...Array(10).fill(400), 429])
    await app.close()
  })

  test.each(['lock_not_available', 'raise_exception'])(
    'is told a minute later, also where attempts of before cannot be thrown away (%s)',
    async (condition) => {
      const app = await appOn(database, { settings: { rateLimits: true } })
      const { email } = await signUp(app)
      const signIn = () =>
        app.inject({
          method: 'POST',
          url: '/api/auth/sign-in/email',
          headers: { origin: home },
          payload: { email, password },
        })
      expect((await signIn()).statusCode).toBe(200)
      await database.prisma.rateLimit.updateMany({ data: { lastRequest: Date.now() - 60_000 } })
      const answer = await whileRefusing(database, 'DELETE ON rate_limits', condition, signIn)
      expect(answer.statusCode, answer.body).toBe(200)
      expect(cookieOf(answer)).toContain('dibs.session_token=')
      await app.close()
    },
  )
})
