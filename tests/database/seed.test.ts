import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openEmbedded } from '../../server/database/embedded.ts'
import type { Engine } from '../../server/database/engine.ts'
import { PrismaClient } from '../../server/database/generated/client.ts'
import { openPostgres } from '../../server/database/postgres.ts'
import { type Query, queryBy } from '../../server/database/query.ts'
import { reservedFromStart } from '../../server/database/reserved.ts'
import { seedReservedNames } from '../../server/database/seed.ts'
import { engines, newPlace, type Place, silent } from '../support/database.ts'

describe.each(engines)('Seeding reserved names on %s', (name) => {
  let place: Place
  let engine: Engine
  beforeEach(async () => {
    place = await newPlace(name, { migrated: true })
    const { location } = place
    engine = await ('url' in location
      ? openPostgres(location, silent)
      : openEmbedded(location.dataDir, silent))
  })
  afterEach(async () => {
    await engine?.close()
    await place?.remove()
  })

  test('is one statement, and leaves alone what was set free or given away', async () => {
    const prisma = new PrismaClient({ adapter: engine.adapter })
    expect(await prisma.username.count({ where: { reservedBecause: { not: null } } })).toBe(
      reservedFromStart.size,
    )
    const free = await prisma.username.update({ where: { key: 'shop' }, data: { reservedBecause: null } })
    await prisma.profile.create({ data: { id: 'tim' } })
    const given = await prisma.username.update({
      where: { key: 'www' },
      data: { reservedBecause: null, ownerId: 'tim', claimedAt: new Date() },
    })
    const changed = await prisma.username.update({
      where: { key: 'press' },
      data: { reservedBecause: 'campaign' },
    })
    await prisma.$executeRaw`DELETE FROM usernames WHERE key = 'constructor'`

    const queries: string[] = []
    const query = queryBy(engine.run)
    const counted: Query = (sql, ...values) => {
      queries.push(sql.join('?'))
      return query(sql, ...values)
    }
    await seedReservedNames(counted, 'refuse')

    expect(queries).toEqual([expect.stringMatching(/^\s*SELECT seed_reserved_names\([^;]*$/)])
    const where = { key: { in: ['shop', 'www', 'press', 'constructor'] } }
    expect(await prisma.username.findMany({ where, orderBy: { key: 'asc' } })).toEqual([
      {
        ...free,
        key: 'constructor',
        display: 'constructor',
        reservedBecause: 'programming',
        look: 'constructor',
        skeleton: 'constructor',
      },
      changed,
      free,
      given,
    ])
    await prisma.$disconnect()
  })
})
