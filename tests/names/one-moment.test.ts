import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { observe } from '../database/backends.ts'
import { openTestDatabase, type TestDatabase, urlOf, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { callerOf } from '../support/people.ts'

describe.runIf(withPostgres)('what happens to names while others look at them', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
  })
  afterAll(() => database.close())

  const day = 24 * 60 * 60 * 1000
  const claimedAt = new Date()
  const skeletonVersion = '1'

  /** Gives somebody new a former name that is held so long, and has a look. */
  async function former(
    key: string,
    look: string,
    { ownerId = randomUUID(), heldForMs = day, keeps = false },
  ) {
    const { prisma } = database
    await prisma.profile.upsert({ where: { id: ownerId }, create: { id: ownerId }, update: {} })
    const heldUntil = new Date(Date.now() + heldForMs)
    const skeleton = keeps ? look : null
    await prisma.username.create({
      data: { key, display: key, ownerId, claimedAt, heldUntil, look, skeleton, skeletonVersion },
    })
    return ownerId
  }

  test('never shows one as free that was like somebody’s, and then theirs', async () => {
    const { profile } = callerOf(database)
    const other = await observe(urlOf(database.location))
    let shownFree = 0
    for (let round = 0; round < 30; round++) {
      const [first, second] = [`oneIook${round}x`, `onelook${round}x`]
      await profile.claimUsername({ username: first })
      const looking = database.prisma.$queryRaw<{ free: number }[]>`
        SELECT count(*)::int AS free
        FROM usernames u, generate_series(1, 5000) AS g,
          -- Anew for each g, since it seems to depend on it.
          LATERAL look_up_username(repeat(${second}, sign(g)::int), u.look, NULL, NULL) AS f
        WHERE u.key = ${first.toLowerCase()} AND f.status = 'available'`.then((rows) => rows)
      await other.untilBackend('look_up_username', 'for anything')
      await profile.claimUsername({ username: second })
      const [found] = await looking
      shownFree += found?.free ?? 0
    }
    await other.close()
    expect(shownFree).toBe(0)
  })

  test('lets nobody take one over as it was before: the limit of renames holds', async () => {
    const ownerId = await former('over', 'look-over', { heldForMs: -day })
    await former('rival', 'look-over', { heldForMs: -day, keeps: true })
    const { prisma } = database
    await prisma.$executeRaw`UPDATE profiles SET renamed_at = ARRAY[now()] WHERE id = ${ownerId}`
    const held = await lock(database, `SELECT FROM usernames WHERE key = 'rival' FOR UPDATE`)
    const claim = prisma.$queryRaw`
      SELECT outcome FROM claim_step_by_step(
        ${ownerId}, '', NULL, 'over', 'look-over', ${skeletonVersion}, 0, 1, 30, NULL
      )`.then((rows) => rows)
    await held.waiting(1)
    // Somebody claimed it, and it was freed again.
    await prisma.username.update({
      where: { key: 'over' },
      data: { ownerId: null, claimedAt: null, heldUntil: null },
    })
    await held.release()
    expect(await claim).toEqual([{ outcome: 'too-often' }])
  })

  test('leaves no look without a name that keeps others off it', async () => {
    const ownerId = await former('newest', 'look-left', { heldForMs: 2 * day })
    await former('older', 'look-left', { ownerId })
    const { prisma } = database
    const held = await lock(database, `UPDATE usernames SET look = 'look-new' WHERE key = 'newest'`)
    const passed = prisma.$queryRaw`SELECT pass_skeleton_on(${ownerId}, 'look-left')::text`.then(() => {})
    await held.waiting(1)
    await held.release()
    await passed
    expect(await prisma.username.findUnique({ where: { skeleton: 'look-left' } })).toMatchObject({
      key: 'older',
    })
  })
})
