import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appOn, password, post, signUp } from '../http/app.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'

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
})
