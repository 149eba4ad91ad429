import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { changesFor, newClaimant } from './claimants.ts'

describe.each(engines)('an idempotency key at once, on %s,', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine, { poolSize: 25 })
  })
  afterAll(() => database?.close())

  const newcomer = () => newClaimant(database)
  const changesOf = (personId: string) => changesFor(database, personId)

  test('sent 20 times at once claims once, and answers each alike', async () => {
    const { claimUsername, person } = newcomer()
    await claimUsername({ username: freshName('origin') })
    const [username, idempotencyKey] = [freshName('burst'), randomUUID()]
    const answers = await Promise.all(times(20, () => claimUsername({ username, idempotencyKey })))
    expect(answers[0]?.previous).toMatch(/^origin-/)
    expect(answers).toEqual(times(20, () => answers[0]))
    expect((await changesOf(person.id)).map(({ cause }) => cause)).toEqual(['claimed', 'renamed', 'renamed'])
  })

  test('sent 20 times at once releases once, and answers each alike', async () => {
    const { claimUsername, releaseUsername, person } = newcomer()
    await claimUsername({ username: freshName('origin') })
    const idempotencyKey = randomUUID()
    const answers = await Promise.all(times(20, () => releaseUsername({ idempotencyKey })))
    expect(answers).toEqual(times(20, () => answers[0]))
    expect((await changesOf(person.id)).map(({ cause }) => cause)).toEqual(['claimed', 'released'])
  })

  test('sent 20 times at once for two names does one of them', async () => {
    const { claimUsername, person } = newcomer()
    const idempotencyKey = randomUUID()
    const names = [freshName('either'), freshName('or')]
    const ends = await Promise.allSettled(
      times(20, (at) => claimUsername({ username: names[at % 2] ?? '', idempotencyKey })),
    )
    const won = ends.flatMap((end) => (end.status === 'fulfilled' ? end.value.username : []))
    expect(won).toHaveLength(10)
    expect(new Set(won).size).toBe(1)
    for (const end of ends) {
      if (end.status === 'rejected') expect(end.reason).toMatchObject({ kind: 'IDEMPOTENCY_KEY_REUSED' })
    }
    expect(await changesOf(person.id)).toEqual([{ cause: 'claimed', display: won[0] }])
  })

  test('sent many times by each of several racers ends alike for each of them', async () => {
    for (let round = 0; round < 5; round++) {
      const username = freshName('melee')
      const racers = times(5, () => ({ ...newcomer(), idempotencyKey: randomUUID() }))
      const ends = await Promise.all(
        racers.map(({ claimUsername, idempotencyKey }) =>
          Promise.allSettled(times(6, () => claimUsername({ username, idempotencyKey }))),
        ),
      )
      const owner = (await database.prisma.username.findUnique({ where: { key: username } }))?.ownerId
      for (const [at, { person }] of racers.entries()) {
        const own = ends[at] ?? []
        const answers = own.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
        if (person.id === owner) expect(answers).toEqual(times(6, () => answers[0]))
        else expect(answers).toEqual([])
        for (const end of own) {
          if (end.status === 'rejected') expect(end.reason).toMatchObject({ kind: 'USERNAME_TAKEN' })
        }
        expect(await changesOf(person.id)).toHaveLength(person.id === owner ? 1 : 0)
      }
    }
  })

  test.runIf(engine === 'postgresql')(
    'waits for the same key in flight, and answers as that did',
    async () => {
      const { claimUsername, person } = newcomer()
      await claimUsername({ username: freshName('origin') })
      const [username, idempotencyKey] = [freshName('queued'), randomUUID()]
      const held = await lock(database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [person.id])
      const claims = times(20, () => claimUsername({ username, idempotencyKey }))
      await held.waiting(20)
      await held.release()
      const answers = await Promise.all(claims)
      expect(answers).toEqual(times(20, () => answers[0]))
      expect((await changesOf(person.id)).map(({ cause }) => cause)).toEqual([
        'claimed',
        'renamed',
        'renamed',
      ])
    },
  )
})
