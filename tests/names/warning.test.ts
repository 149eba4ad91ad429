import { describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/database/open.ts'
import { engines, newPlace, silent } from '../support/database.ts'
import { startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'
import { run } from './run-command.ts'

describe.each(engines)('a start on %s', (engine) => {
  test('warns once of names that are not compared for look-alikes, until they are', async () => {
    const place = await newPlace(engine, { migrated: true })
    const settings = { ...settingsOf(place), AUTH_SECRET: authSecret, LOG_LEVEL: 'warn' }
    const warnings = async (more: Record<string, string> = {}) => {
      const server = await startServer({ ...settings, ...more })
      await server.stop()
      return server.output().match(/npm run dibs -- names skeletons/g) ?? []
    }
    try {
      expect(await warnings()).toEqual([])
      const database = await openDatabase(place.location, silent)
      await database.prisma.$executeRaw`
        UPDATE usernames SET look = NULL, skeleton = NULL, skeleton_version = NULL WHERE key = 'admin'`
      await database.close()
      expect(await warnings()).toHaveLength(1)
      expect(await warnings({ USERNAME_LOOK_ALIKES: 'allow' })).toEqual([])
      expect(await run(['names', 'skeletons'], settings)).toMatchObject({ code: 0 })
      expect(await warnings()).toEqual([])
    } finally {
      await place.remove()
    }
  })
})
