import { chmod, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { afterEach, expect, test, vi } from 'vitest'
import { DatabaseRefusal } from '../../server/database/engine.ts'
import { openDatabase } from '../../server/database/open.ts'
import { dirOf, newPlace, silent } from '../support/database.ts'
import { tamper } from './raw.ts'

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

test('an embedded database lets nobody else in, whoever may look into DATA_DIR', async () => {
  const place = await newPlace('embedded')
  const dataDir = dirOf(place.location)
  const modeOnceOpened = async () => {
    await (await openDatabase(place.location, silent)).close()
    return (await stat(join(dataDir, 'database'))).mode & 0o777
  }
  await chmod(dataDir, 0o755)
  expect(await modeOnceOpened()).toBe(0o700)
  await chmod(join(dataDir, 'database'), 0o755)
  expect(await modeOnceOpened()).toBe(0o700)
  await place.remove()
})

test('an embedded database is let go of when something else fails as it is closed', async () => {
  const place = await newPlace('embedded', { migrated: true })
  const database = await openDatabase(place.location, silent)
  vi.spyOn(database.prisma, '$disconnect').mockRejectedValue(new Error('planted'))
  await expect(database.close()).rejects.toThrow('planted')
  await (await openDatabase(place.location, silent)).close()
  await place.remove()
})

test('a database that is refused says why, though closing it fails too', async () => {
  const place = await newPlace('embedded', { migrated: true })
  await tamper(place.location, `UPDATE _prisma_migrations SET migration_name = 'later'`)
  const close = PGlite.prototype.close
  vi.spyOn(PGlite.prototype, 'close').mockImplementation(async function (this: PGlite) {
    await close.call(this)
    throw new Error('planted')
  })
  await expect(openDatabase(place.location, silent)).rejects.toThrow(/another application's: .*later/)
  await place.remove()
})
