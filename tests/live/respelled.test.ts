import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../../server/domain/person.ts'
import { clientFor, type Served, serve } from '../failures/serving.ts'
import { newAdministrator } from '../names/administrators.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { callerOf } from '../support/people.ts'
import { soonMs, timed, type Watching, watch, watcherFor } from './watching.ts'

// A capital I looks like an l, and an i does not.
describe.each(engines)('who watches a name that looked like another on %s', (engine) => {
  let database: TestDatabase
  let served: Served
  let boss: Person
  let watching: Watching
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    served = await serve(database)
    boss = await newAdministrator(database)
  })
  afterEach(() => watching?.stop())
  afterAll(async () => {
    await served?.close()
    await database?.close()
  })

  const reserve = (username: string, email?: string) =>
    callerOf(database, boss).admin.reserveUsername({ username, ...(email && { for: email }) })

  async function tooSimilar(username: string): Promise<void> {
    watching = watch(watcherFor(served), username)
    await watching.until('too-similar')
  }

  test('hears that its owner took it back in other capitals', async () => {
    const { profile } = clientFor(served)
    await profile.claimUsername.mutate({ username: 'BiIl' })
    await tooSimilar('bill')
    await profile.claimUsername.mutate({ username: 'other-than-bill' })
    await profile.claimUsername.mutate({ username: 'biil' })
    expect(await timed(watching.until('available'))).toBeLessThan(soonMs)
  })

  test('hears that it was reserved anew in other capitals', async () => {
    await reserve('AIice')
    await tooSimilar('alice')
    await reserve('aiice')
    expect(await timed(watching.until('available'))).toBeLessThan(soonMs)
  })

  test('hears that whom it was reserved for claimed it in other capitals', async () => {
    await reserve('TaIl', 'tail@people.example')
    await tooSimilar('tall')
    const claimer = callerOf(database, { id: 'tail', name: 'Tail', email: 'tail@people.example' })
    await claimer.profile.claimUsername({ username: 'tail' })
    expect(await timed(watching.until('available'))).toBeLessThan(soonMs)
  })
})
