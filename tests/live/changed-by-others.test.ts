import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DibsClient } from '../../client/index.ts'
import { clientFor, type Served, serve } from '../failures/serving.ts'
import { appOn, password, post, signUp } from '../http/app.ts'
import { newAdministrator } from '../names/administrators.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { soonMs, timed, untilNobodyWatches, type Watching, watch, watcherFor } from './watching.ts'

describe.each(engines)('a name that is watched, and not given up by who claimed it, on %s', (engine) => {
  let database: TestDatabase
  let served: Served
  let admin: DibsClient['admin']
  const watchings: Watching[] = []
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    served = await serve(database)
    admin = clientFor(served, { token: (await newAdministrator(database)).id }).admin
  })
  afterEach(async () => {
    for (const watching of watchings.splice(0)) watching.stop()
    await untilNobodyWatches(database)
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })

  /** Somebody watches a name before it is claimed: once they hear of that, what they hear is of something else. */
  async function watching(username: string, token?: string): Promise<Watching> {
    const one = watch(watcherFor(served, token), username)
    watchings.push(one)
    await one.until('available')
    return one
  }
  async function claim(username: string, token?: string): Promise<void> {
    const { profile } = clientFor(served, token === undefined ? {} : { token })
    await profile.claimUsername.mutate({ username })
  }

  test('is held when an administrator takes it from its owner, and then available', async () => {
    const username = freshName('freed')
    const one = await watching(username)
    await claim(username)
    await one.until('taken')
    await admin.releaseUsername.mutate({ username })
    expect(await timed(one.until('held'))).toBeLessThan(soonMs)
    await admin.releaseUsername.mutate({ username })
    expect(await timed(one.until('available'))).toBeLessThan(soonMs)
  })

  test('is available when an administrator frees it at once', async () => {
    const username = freshName('at-once')
    const one = await watching(username)
    await claim(username)
    await one.until('taken')
    await admin.releaseUsername.mutate({ username, atOnce: true })
    expect(await timed(one.until('available'))).toBeLessThan(soonMs)
    expect(one.told).toEqual(['available', 'taken', 'available'])
  })

  test('is theirs to whom an administrator hands it, and the one that they had is held', async () => {
    const [given, previous] = [freshName('given'), freshName('previous')]
    const [theirs, others] = [await watching(given, 'the-taker'), await watching(previous)]
    await claim(given)
    await claim(previous, 'the-taker')
    await Promise.all([theirs, others].map((one) => one.until('taken')))
    await admin.transferUsername.mutate({ username: given, to: { id: 'the-taker' } })
    expect(await timed(Promise.all([theirs.until('yours'), others.until('held')]))).toBeLessThan(soonMs)
  })

  test('is held when the account of its owner is deleted', async () => {
    const app = await appOn(database)
    const member = await signUp(app)
    const username = freshName('deleted')
    const one = await watching(username)
    await post(app, '/trpc/profile.claimUsername', { username }, member.program)
    await one.until('taken')
    const deleted = await post(app, '/api/auth/delete-user', { password }, member.browser)
    expect(deleted.statusCode).toBe(200)
    expect(await timed(one.until('held'))).toBeLessThan(soonMs)
    await app.close()
  })
})
