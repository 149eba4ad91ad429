import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { callerOf, somebody } from '../support/people.ts'
import { endOf, newAdministrator, newMember } from './administrators.ts'

describe.runIf(withPostgres)('a name that looks like another', () => {
  let database: TestDatabase
  let admin: ReturnType<typeof callerOf>['admin']
  beforeAll(async () => {
    database = await openTestDatabase('postgresql')
    admin = callerOf(database, await newAdministrator(database)).admin
  })
  afterAll(() => database.close())

  test('is handed to nobody whose look somebody takes back meanwhile', async () => {
    const [owner, taker] = [somebody(), await newMember(database)]
    const { profile } = callerOf(database, owner)
    await profile.claimUsername({ username: 'AIice' })
    await profile.releaseUsername({})
    await admin.reserveUsername({ username: 'alice' })
    await database.prisma.$executeRaw`
      UPDATE usernames SET held_until = clock_timestamp() - interval '1 day' WHERE key = 'aiice'`
    const back = await lock(
      database,
      `SELECT claim_username($1, '', NULL, 'AIice', look, skeleton_version, 90, NULL, 30, NULL)
       FROM usernames WHERE key = 'aiice'`,
      [owner.id],
    )
    const transfer = endOf(admin.transferUsername({ username: 'alice', to: taker.id }))
    await back.waiting(1)
    await back.release()
    expect((await transfer).kind).toBe('USERNAME_TOO_SIMILAR')
    expect((await profile.me()).username).toBe('AIice')
    expect((await callerOf(database, taker).profile.me()).username).toBeNull()
  })

  test('is handed to nobody while somebody has another one like both', async () => {
    const [owner, taker] = [somebody(), await newMember(database)]
    const { profile } = callerOf(database, owner)
    for (const username of ['Bobil', 'BobiI', 'zed']) await profile.claimUsername({ username })
    await admin.reserveUsername({ username: 'bobi1' })
    await database.prisma.$executeRaw`
      UPDATE usernames SET held_until = clock_timestamp() - interval '1 day' WHERE key = 'bobii'`
    const transfer = () => endOf(admin.transferUsername({ username: 'bobi1', to: taker.id }))
    expect((await transfer()).kind).toBe('USERNAME_TOO_SIMILAR')
    await database.prisma.$executeRaw`
      UPDATE usernames SET held_until = clock_timestamp() - interval '1 day' WHERE key = 'bobil'`
    expect((await transfer()).kind).toBe('DONE')
  })

  test.each([
    { stem: 'freed', leave: `SELECT free_username($1, 90, true, NULL, NULL)` },
    {
      stem: 'expired',
      leave: `SELECT release_username(owner_id, 0, NULL, NULL) FROM usernames WHERE key = $1`,
    },
  ])('is handed to nobody while somebody takes the place of one that is $stem', async ({ stem, leave }) => {
    const taker = await newMember(database)
    const look = `${stem}l`
    await callerOf(database, somebody()).profile.claimUsername({ username: look })
    await admin.reserveUsername({ username: `${stem}1` })
    await database.prisma.$queryRawUnsafe(`SELECT FROM (${leave}) AS done`, look)
    const third = await lock(
      database,
      `SELECT claim_username($1, '', NULL, $2, look, skeleton_version, 90, NULL, 30, NULL)
       FROM usernames WHERE key = $3`,
      [somebody().id, `${stem}I`, look],
    )
    const transfer = database.prisma
      .$queryRaw`SELECT outcome FROM transfer_username(${`${stem}1`}, ${taker.id}, '', 90, NULL, NULL)`
    const end = Promise.resolve(transfer)
    await third.waiting(1)
    await third.release()
    expect(await end).toEqual([{ outcome: 'too-similar' }])
  })
})
