import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../server/database/migrate.ts'
import { openDatabase } from '../../server/database/open.ts'
import { newPlace, type Place, silent, urlOf, withPostgres } from '../support/database.ts'
import { observe } from './backends.ts'
import { withEngine } from './with-engine.ts'

describe.skipIf(!withPostgres)('a migration under way', () => {
  let place: Place
  beforeAll(async () => {
    place = await newPlace('postgresql')
    await (await openDatabase(place.location, silent)).close()
  })
  afterAll(() => place?.remove())

  test('is waited for, where a start without the lock would take it for a failed one', async () => {
    const other = await observe(urlOf(place.location))
    const watcher = await observe(urlOf(place.location))
    await other.query('SELECT pg_advisory_lock(72707369)')
    await other.query('UPDATE _prisma_migrations SET finished_at = NULL')

    const hasty = withEngine(place.location, (engine) => migrate({ ...engine, name: 'embedded' }, silent))
    await expect(hasty).rejects.toThrow(/failed half-way/)

    const start = withEngine(place.location, (engine) => migrate(engine, silent))
    await watcher.untilBackend('pg_advisory_lock', 'for a lock')
    await other.query('UPDATE _prisma_migrations SET finished_at = now()')
    await other.query('SELECT pg_advisory_unlock_all()')
    await start
    await other.close()
    await watcher.close()
  })
})
