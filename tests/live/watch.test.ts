import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { statusesOf } from '../../server/domain/statuses.ts'
import { topicsOf } from '../../server/domain/topics.ts'
import { skeleton } from '../../shared/confusables.ts'
import { Username } from '../../shared/username.ts'
import { clientFor, type Served, serve } from '../failures/serving.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import {
  openStream,
  soonMs,
  timed,
  untilNobodyWatches,
  type Watching,
  watch,
  watcherFor,
} from './watching.ts'

describe.each(engines)('a name that is watched on %s', (engine) => {
  let database: TestDatabase
  let served: Served
  const watchings: Watching[] = []
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    served = await serve(database)
  })
  afterEach(async () => {
    for (const watching of watchings.splice(0)) watching.stop()
    await untilNobodyWatches(database)
  })
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })

  function watching(username: string, token?: string): Watching {
    const one = watch(watcherFor(served, token), username)
    watchings.push(one)
    return one
  }

  test('is taken once somebody claims it, for whoever watches it however spelt', async () => {
    const all = [watching('neo'), watching('NEO'), watching('Neo')]
    const other = watching('trinity')
    await Promise.all([...all, other].map((one) => one.until('available')))
    const claimer = clientFor(served)
    await claimer.profile.claimUsername.mutate({ username: 'nEo' })
    expect(await timed(Promise.all(all.map((one) => one.until('taken'))))).toBeLessThan(soonMs)
    expect(all.map(({ told }) => told)).toEqual(Array(3).fill(['available', 'taken']))
    expect(other.told).toEqual(['available'])
  })

  test('is theirs for the one who claimed it, and held for others once they rename', async () => {
    const mine = watching('morpheus', 'the-owner')
    const others = watching('morpheus')
    await Promise.all([mine.until('available'), others.until('available')])
    const { profile } = clientFor(served, { token: 'the-owner' })
    await profile.claimUsername.mutate({ username: 'morpheus' })
    await Promise.all([mine.until('yours'), others.until('taken')])
    const next = watching('oracle')
    await next.until('available')
    await profile.claimUsername.mutate({ username: 'oracle' })
    expect(await timed(Promise.all([others.until('held'), next.until('taken')]))).toBeLessThan(soonMs)
    expect(mine.told).toEqual(['available', 'yours'])
    expect(others.told).toEqual(['available', 'taken', 'held'])
  })

  test('is told once where nothing changes for the watcher', async () => {
    const { profile } = clientFor(served)
    await profile.claimUsername.mutate({ username: 'tank' })
    const one = watching('tank')
    await one.until('taken')
    await profile.claimUsername.mutate({ username: 'Tank' })
    await profile.claimUsername.mutate({ username: 'dozer' })
    await one.until('held')
    expect(one.told).toEqual(['taken', 'held'])
  })

  /** Has it end in a second, which those who watch are to hear; answers when, in ms of this process. */
  async function endHoldOf(username: string): Promise<number> {
    const rows = await database.prisma.$queryRaw<{ end: Date }[]>`
      UPDATE usernames SET held_until = clock_timestamp() + interval '1 second' WHERE key = ${username}
      RETURNING held_until AS "end"`
    database.names.announce(topicsOf([Username.parse(username)], usualRules))
    return rows[0]?.end.getTime() ?? Number.NaN
  }
  function expectSoonAfter(end: number): void {
    // The database's own clock is finer than a millisecond.
    const late = Date.now() - end
    expect(late).toBeGreaterThanOrEqual(-1)
    expect(late).toBeLessThan(soonMs)
  }

  test('is free at the moment its hold ends', async () => {
    const { profile } = clientFor(served)
    await profile.claimUsername.mutate({ username: 'cypher' })
    await profile.claimUsername.mutate({ username: 'reagan' })
    const one = watching('cypher')
    await one.until('held')
    const end = await endHoldOf('cypher')
    await one.until('available')
    expectSoonAfter(end)
    expect(one.told).toEqual(['held', 'available'])
  })

  test('is free at the moment the hold of one that looks like it ends', async () => {
    const { profile } = clientFor(served)
    await profile.claimUsername.mutate({ username: 'link-0' })
    await profile.releaseUsername.mutate({})
    const one = watching('link-o')
    await one.until('too-similar')
    const end = await endHoldOf('link-0')
    await one.until('available')
    expectSoonAfter(end)
  })

  test('is free at the moment the last hold of several that look alike ends', async () => {
    const { profile } = clientFor(served)
    for (const username of ['Bobil', 'BobiI', 'zed']) await profile.claimUsername.mutate({ username })
    // The one that keeps others off is anybody's before the other.
    await database.prisma.$executeRaw`
      UPDATE usernames SET held_until = clock_timestamp() - interval '1 day' WHERE key = 'bobii'`
    const names = ['bobi1', 'BobiI']
    const both = names.map((name) => watching(name))
    await Promise.all(both.map((one) => one.until('too-similar')))
    const asked = names.map((name) => ({
      username: Username.parse(name),
      skeleton: skeleton(Username.parse(name)),
      person: null,
    }))
    for (const { freeInMs } of await statusesOf(database.prisma, asked)) expect(freeInMs).toBeGreaterThan(0)
    const end = await endHoldOf('bobil')
    await Promise.all(both.map((one) => one.until('available')))
    expectSoonAfter(end)
  })

  test('is free once one that looked like it is spelled anew', async () => {
    const { profile } = clientFor(served)
    await profile.claimUsername.mutate({ username: 'Ilona' })
    const one = watching('1lona')
    await one.until('too-similar')
    await profile.claimUsername.mutate({ username: 'ilona' })
    expect(await timed(one.until('available'))).toBeLessThan(soonMs)
  })

  test.each(['admin', 'constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'may be %s',
    async (username) => {
      const one = watching(username)
      const { status } = await clientFor(served).profile.checkUsername.query({ username })
      await one.until(status)
      if (status !== 'available') return
      await clientFor(served).profile.claimUsername.mutate({ username })
      await one.until('taken')
    },
  )

  test('costs the server nothing once it is no longer watched', async () => {
    for (let round = 0; round < 3; round++) {
      const many = Array.from({ length: 20 }, (_, at) => watching(`leak-${at % 4}`))
      await Promise.all(many.map((one) => one.until('available')))
      expect(database.names.watching()).toBe(20)
      for (const one of many) one.stop()
      await untilNobodyWatches(database)
    }
    // Those that leave before they were told anything, too.
    const hasty = Array.from({ length: 20 }, () => watching('hasty'))
    for (const one of hasty) one.stop()
    await watching('thorough').until('available')
    for (const one of watchings) one.stop()
    await untilNobodyWatches(database)
  })

  test('is told to 200 watchers alike, also of 100 changes at once', async () => {
    const from = 'crowd'
    const signal = new AbortController()
    const streams = await Promise.all(
      Array.from({ length: 200 }, () => openStream(served, from, signal.signal)),
    )
    await Promise.all(streams.map((stream) => stream.until('"available"')))
    expect(database.names.watching()).toBe(200)
    const claims = Array.from({ length: 100 }, (_, at) =>
      clientFor(served).profile.claimUsername.mutate({ username: at === 50 ? from : `${from}-${at}` }),
    )
    await Promise.all(claims)
    expect(await timed(Promise.all(streams.map((stream) => stream.until('"taken"'))))).toBeLessThan(soonMs)
    signal.abort()
    await untilNobodyWatches(database)
  })
})
