import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { IdempotencyKey } from '../../shared/schemas.ts'
import { failureFrom } from '../failures/serving.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { changesFor, newClaimant } from './claimants.ts'

describe.each(engines)('an idempotency key, on %s,', (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase(engine, { poolSize: 25 })
  })
  afterAll(() => database?.close())

  const newcomer = () => newClaimant(database)
  const changesOf = (personId: string) => changesFor(database, personId)
  const currentOf = async (id: string) =>
    (await database.prisma.profile.findUnique({ where: { id } }))?.usernameKey ?? null
  const age = (personId: string, hours: number) =>
    database.prisma.idempotencyKey.updateMany({
      where: { personId },
      data: { createdAt: new Date(Date.now() - hours * 3_600_000) },
    })

  test('answers a claim that succeeded alike, also after moving on, and changes nothing', async () => {
    const { claimUsername, person } = newcomer()
    const [first, second] = [freshName('first'), freshName('second')]
    const idempotencyKey = randomUUID()
    await claimUsername({ username: freshName('origin') })
    const claimed = await claimUsername({ username: first, idempotencyKey })
    expect(claimed.previous).toMatch(/^origin-/)
    expect(await claimUsername({ username: first, idempotencyKey })).toEqual(claimed)
    await claimUsername({ username: second })
    const before = await changesOf(person.id)
    expect(await claimUsername({ username: first, idempotencyKey })).toEqual(claimed)
    expect(await currentOf(person.id)).toBe(second)
    expect(await changesOf(person.id)).toEqual(before)
  })

  test('answers alike when the name is somebody else’s by now', async () => {
    const { claimUsername, person } = newcomer()
    const username = freshName('lost')
    const idempotencyKey = randomUUID()
    const claimed = await claimUsername({ username, idempotencyKey })
    await claimUsername({ username: freshName('next') })
    await database.prisma.username.update({ where: { key: username }, data: { heldUntil: new Date() } })
    const stranger = newcomer()
    await stranger.claimUsername({ username })
    expect(await claimUsername({ username, idempotencyKey })).toEqual(claimed)
    expect(await currentOf(stranger.person.id)).toBe(username)
    expect(await currentOf(person.id)).not.toBe(username)
  })

  test('answers a release that succeeded alike, also after claiming another name', async () => {
    const { claimUsername, releaseUsername, person } = newcomer()
    const [first, second] = [freshName('first'), freshName('second')]
    const idempotencyKey = randomUUID()
    await claimUsername({ username: first })
    const released = await releaseUsername({ idempotencyKey })
    expect(await releaseUsername({ idempotencyKey })).toEqual(released)
    await claimUsername({ username: second })
    expect(await releaseUsername({ idempotencyKey })).toEqual(released)
    expect(await currentOf(person.id)).toBe(second)
  })

  test('is kept for claiming what one has already, so that it never renames back later', async () => {
    const { claimUsername, person } = newcomer()
    const [first, second] = [freshName('first'), freshName('second')]
    await claimUsername({ username: first })
    const idempotencyKey = randomUUID()
    const again = await claimUsername({ username: first, idempotencyKey })
    expect(again).not.toHaveProperty('previous')
    await claimUsername({ username: second })
    expect(await claimUsername({ username: first, idempotencyKey })).toEqual(again)
    expect(await currentOf(person.id)).toBe(second)
  })

  test('that was used for something else is told so, and nothing is done', async () => {
    const { claimUsername, releaseUsername, person } = newcomer()
    const username = freshName('used')
    const idempotencyKey = randomUUID()
    await claimUsername({ username, idempotencyKey })
    const attempts = [
      () => claimUsername({ username: freshName('other'), idempotencyKey }),
      () => claimUsername({ username: username.toUpperCase(), idempotencyKey }),
      () => claimUsername({ username: 'admin', idempotencyKey }),
      () => releaseUsername({ idempotencyKey }),
    ]
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({
        kind: 'IDEMPOTENCY_KEY_REUSED',
        payload: {},
        data: { httpStatus: 422 },
      })
    }
    const keyOfRelease = randomUUID()
    await releaseUsername({ idempotencyKey: keyOfRelease })
    expect((await failureFrom(claimUsername({ username, idempotencyKey: keyOfRelease }))).kind).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
    expect((await changesOf(person.id)).map(({ cause }) => cause)).toEqual(['claimed', 'released'])
  })

  test('of two people is two keys', async () => {
    const [one, other] = [newcomer(), newcomer()]
    const idempotencyKey = randomUUID()
    const [first, second] = [freshName('first'), freshName('second')]
    expect((await one.claimUsername({ username: first, idempotencyKey })).key).toBe(first)
    expect((await other.claimUsername({ username: second, idempotencyKey })).key).toBe(second)
    expect((await failureFrom(other.claimUsername({ username: first, idempotencyKey }))).kind).toBe(
      'IDEMPOTENCY_KEY_REUSED',
    )
  })

  test('keeps no failure: once the name is free, the same key has it', async () => {
    const [owner, claimant] = [newcomer(), newcomer()]
    const username = freshName('freed')
    const idempotencyKey = randomUUID()
    await owner.claimUsername({ username })
    const claim = () => claimant.claimUsername({ username, idempotencyKey })
    expect((await failureFrom(claim())).kind).toBe('USERNAME_TAKEN')
    await owner.releaseUsername({})
    expect((await failureFrom(claim())).kind).toBe('USERNAME_HELD')
    await database.prisma.username.update({ where: { key: username }, data: { heldUntil: new Date() } })
    expect((await claim()).key).toBe(username)
    const early = randomUUID()
    const nobody = newcomer()
    expect((await failureFrom(nobody.releaseUsername({ idempotencyKey: early }))).kind).toBe('NO_USERNAME')
    await nobody.claimUsername({ username: freshName('somebody') })
    expect((await nobody.releaseUsername({ idempotencyKey: early })).released).toMatch(/^somebody-/)
  })

  test.runIf(engine === 'postgresql')('keeps no outage: the same key claims once it is over', async () => {
    const { claimUsername, person } = newcomer()
    const origin = freshName('origin')
    await claimUsername({ username: origin })
    const [username, idempotencyKey] = [freshName('outage'), randomUUID()]
    const held = await lock(database, 'SELECT FROM profiles WHERE id = $1 FOR UPDATE', [person.id])
    const failure = failureFrom(claimUsername({ username, idempotencyKey }))
    await held.waiting(1)
    await held.terminateWaiting()
    expect((await failure).kind).toBe('UNAVAILABLE')
    await held.release()
    expect(await database.prisma.idempotencyKey.count({ where: { personId: person.id } })).toBe(0)
    expect((await claimUsername({ username, idempotencyKey })).previous).toBe(origin)
  })

  test('is kept for a day; after that it is as good as new', async () => {
    const { claimUsername, releaseUsername, person } = newcomer()
    const [first, second] = [freshName('first'), freshName('second')]
    const idempotencyKey = randomUUID()
    const claimed = await claimUsername({ username: first, idempotencyKey })
    await claimUsername({ username: second })
    await age(person.id, 23.9)
    expect(await claimUsername({ username: first, idempotencyKey })).toEqual(claimed)
    await age(person.id, 24)
    expect((await claimUsername({ username: first, idempotencyKey })).previous).toBe(second)
    expect((await failureFrom(releaseUsername({ idempotencyKey }))).kind).toBe('IDEMPOTENCY_KEY_REUSED')
    await age(person.id, 24)
    expect((await releaseUsername({ idempotencyKey })).released).toBe(first)
  })

  test('that is older is thrown away when others come, and no other one', async () => {
    const kept = (key: string, hours: number) => ({
      personId: randomUUID(),
      key,
      request: 'release',
      answer: {},
      createdAt: new Date(Date.now() - hours * 3_600_000),
    })
    const old = times(12, () => kept('old', 25))
    await database.prisma.idempotencyKey.createMany({ data: [...old, kept('younger', 23.9)] })
    const left = (key = 'old') => database.prisma.idempotencyKey.count({ where: { key } })
    // One in 20 throws them away: so many don't, one time in a hundred million.
    for (let others = 0; others < 360 && (await left()) > 0; others++) {
      await newcomer().claimUsername({ username: freshName('sweeper'), idempotencyKey: randomUUID() })
    }
    expect(await left()).toBe(0)
    expect(await left('younger')).toBe(1)
  })

  test.each([
    ['is empty', ''],
    ['has 256 characters', 'x'.repeat(256)],
    ['has a NUL', 'key\0'],
    ['has a space', 'a key'],
    ['has a line break', 'key\n'],
    ['is not ASCII', 'schlüssel'],
    ['has half a character', 'key\ud800'],
  ])('that %s is not valid', async (_what, idempotencyKey) => {
    const { claimUsername, releaseUsername } = newcomer()
    const failures = [
      await failureFrom(claimUsername({ username: freshName('invalid'), idempotencyKey })),
      await failureFrom(releaseUsername({ idempotencyKey })),
    ]
    for (const failure of failures) {
      expect(failure).toMatchObject({
        kind: 'INVALID_INPUT',
        payload: { fields: { idempotencyKey: [expect.stringMatching(/visible ASCII/)] } },
      })
    }
  })

  test('may have 255 characters of any kind', async () => {
    const visible = String.fromCharCode(...times(94, (at) => at + 33))
    const idempotencyKey = IdempotencyKey.parse(visible.repeat(3).slice(0, 255))
    const { claimUsername } = newcomer()
    const username = freshName('longest')
    const claimed = await claimUsername({ username, idempotencyKey })
    expect(await claimUsername({ username, idempotencyKey })).toEqual(claimed)
  })
})
