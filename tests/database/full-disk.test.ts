import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { pino } from 'pino'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../../server/database/open.ts'
import { explain } from '../../server/explain.ts'
import { appOn } from '../http/app.ts'
import { newPlace, silent } from '../support/database.ts'
import { newSmallDisk, type SmallDisk } from '../support/small-disk.ts'

/** More than a database takes, by what it may write at its start. */
const disk = newSmallDisk(200)
afterAll(() => disk?.remove())
afterEach(() => vi.restoreAllMocks())

async function refusalOf(dataDir: string): Promise<string> {
  try {
    await (await openDatabase({ dataDir }, silent)).close()
    return 'opened'
  } catch (error) {
    return explain(error)
  }
}

const noSpace = (dataDir: string) =>
  `The embedded database in ${dataDir} cannot be opened: no space is left there. Free some and start again, and until then leave the database as it is.`

describe.skipIf(disk === undefined)('on a full disk', () => {
  const onDisk = (name: string, work: (dataDir: string, disk: SmallDisk) => Promise<void>) => async () => {
    if (disk === undefined) return
    const dataDir = join(disk.path, name)
    mkdirSync(dataDir)
    await work(dataDir, disk)
    rmSync(dataDir, { recursive: true })
  }

  const first = onDisk('first', async (dataDir, { fill, free }) => {
    fill()
    expect(await refusalOf(dataDir)).toBe(noSpace(dataDir))
    free()
    expect(await refusalOf(dataDir)).toBe('opened')
  })
  test('a first start says so, and a later one begins anew', first)

  const later = onDisk('later', async (dataDir, { fill, free }) => {
    expect(await refusalOf(dataDir)).toBe('opened')
    fill()
    expect(await refusalOf(dataDir)).toBe(noSpace(dataDir))
    free()
    expect(await refusalOf(dataDir)).toBe('opened')
  })
  test('a later start says so, and finds its database once there is space', later)

  const serving = onDisk('serving', async (dataDir, { fill, free }) => {
    const database = await openDatabase({ dataDir }, silent)
    const app = await appOn(database)
    const status = async (url: string) => (await app.inject({ url })).statusCode
    expect(await status('/readyz')).toBe(200)
    fill()
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503])
    free()
    expect(await status('/readyz')).toBe(200)
    await app.close()
    await database.close()
  })
  test('a server is up, but not ready', serving)
})

test.each([
  [51, 'ENOSPC', /no space is left there\. Free some/],
  [19, 'EDQUOT', /no space is left there\. Free some/],
  [2, 'EACCES', /\(EACCES\)\. Let this user read and write all of it\.$/],
  [69, 'EROFS', /\(EROFS\)\. Let this user read and write all of it\.$/],
  [44, 'ENOENT', /the log says why\. Restore it from a copy/],
])('errno %i of WebAssembly is logged as %s, and says what to do', async (errno, code, says) => {
  const place = await newPlace('embedded')
  const logged: string[] = []
  const log = pino({}, { write: (line) => void logged.push(line) })
  vi.spyOn(PGlite, 'create').mockRejectedValue({ name: 'ErrnoError', errno })
  await expect(openDatabase(place.location, log)).rejects.toThrow(says)
  expect(JSON.parse(logged.join('')).err).toMatchObject({ code, message: `the file system says ${code}` })
  await place.remove()
})

test('a secret for which there is no space says so', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  expect(explain(error)).toBe(
    'No space is left in DATA_DIR (ENOSPC). Free some, or set it to another directory.',
  )
})
