import { PGlite } from '@electric-sql/pglite'
import { afterEach, expect, test, vi } from 'vitest'
import { DatabaseRefusal } from '../../server/database/engine.ts'
import { openDatabase } from '../../server/database/open.ts'
import { newPlace, silent } from '../support/database.ts'

afterEach(() => vi.restoreAllMocks())

test('an embedded database that fails while it is opened is closed before another may open it', async () => {
  const place = await newPlace('embedded', { migrated: true })
  const exec = PGlite.prototype.exec
  let failed: PGlite | undefined
  vi.spyOn(PGlite.prototype, 'exec').mockImplementation(async function (this: PGlite, sql, options) {
    if (!sql.includes('TIME ZONE')) return exec.call(this, sql, options)
    failed = this
    throw new Error('planted')
  })
  await expect(openDatabase(place.location, silent)).rejects.toThrow(DatabaseRefusal)
  expect(failed?.closed).toBe(true)

  vi.restoreAllMocks()
  const database = await openDatabase(place.location, silent)
  await database.ping()
  await database.close()
  await place.remove()
})
