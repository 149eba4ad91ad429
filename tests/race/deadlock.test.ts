import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseFault } from '../../server/database/errors.ts'
import type { PrismaClient } from '../../server/database/generated/client.ts'
import { randomFrom } from '../../server/domain/random.ts'
import { meetingOf } from '../failures/meeting.ts'
import { openTestDatabase, type TestDatabase, withPostgres } from '../support/database.ts'
import { newSeed } from './random.ts'
import { freshName, times } from './world.ts'

/** The claim's statement itself, without the retry around it that would hide a deadlock; names are held for no time. */
async function claim(prisma: PrismaClient, person: string, name: string): Promise<string> {
  const [row] = await prisma.$queryRaw<
    [{ outcome: string }]
  >`SELECT outcome FROM claim_username(${person}, '', NULL, ${name}, NULL, NULL, 0, NULL, 30, NULL)`
  return row.outcome
}

/** Broken: takes the locks in the order old name, new name, where others take them the other way round. */
async function claimInBadOrder(
  prisma: PrismaClient,
  [old, now]: [string, string],
  meet: () => Promise<void>,
) {
  await prisma.$transaction(async (transaction) => {
    await transaction.$executeRaw`UPDATE usernames SET held_until = now() WHERE key = ${old}`
    await meet()
    await transaction.$executeRaw`UPDATE usernames SET display = display WHERE key = ${now}`
  })
}

describe.runIf(withPostgres)('people who hand names to each other without end', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase('postgresql', { poolSize: 16 })
  })
  afterAll(() => database?.close())

  const seed = newSeed()
  test(`never wait for each other in a circle (seed ${seed})`, async () => {
    const { prisma } = database
    const names = times(6, (at) => freshName(`ring${at}`))
    const people = times(16, (at) => ({ id: freshName(`person${at}`), random: randomFrom(seed + at) }))
    const lasts = await Promise.all(
      people.map(async ({ id, random }) => {
        let last: string | null = null
        for (let steps = 40; steps > 0; steps -= 1) {
          const name = names[Math.floor(random() * names.length)] ?? ''
          if ((await claim(prisma, id, name)) === 'claimed') last = name
        }
        return { id, last }
      }),
    )
    const profiles = await prisma.profile.findMany({ where: { id: { in: people.map(({ id }) => id) } } })
    const current = new Map(profiles.map(({ id, usernameKey }) => [id, usernameKey]))
    for (const { id, last } of lasts) expect(current.get(id) ?? null).toBe(last)
  })

  test('would in a claim that locks names in the order it meets them', async () => {
    const { prisma } = database
    const [one, other] = [freshName('ring'), freshName('ring')]
    await claim(prisma, freshName('person'), one)
    await claim(prisma, freshName('person'), other)
    const meet = meetingOf(2)
    const ends = await Promise.allSettled([
      claimInBadOrder(prisma, [one, other], meet),
      claimInBadOrder(prisma, [other, one], meet),
    ])
    const faults = ends.flatMap((end) => (end.status === 'rejected' ? [databaseFault(end.reason)] : []))
    expect(faults).toEqual([{ kind: 'retry' }])
  })
})
