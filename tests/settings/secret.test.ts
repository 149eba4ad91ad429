import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { keptSecret } from '../../server/secret.ts'
import { appOn, query, signUp } from '../http/app.ts'
import { newPlace, openTestDatabase } from '../support/database.ts'
import { startServer } from '../support/server.ts'
import { settingsOf } from '../support/settings.ts'

describe('the secret kept in the data directory', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dibs-secret-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  test('is made once, and is another in another directory', async () => {
    const secret = await keptSecret(dir)
    expect(secret).toMatch(/^[\w+/]{43}=$/)
    expect(await keptSecret(dir)).toBe(secret)
    await mkdir(join(dir, 'another'))
    expect(await keptSecret(join(dir, 'another'))).not.toBe(secret)
    expect((await readdir(dir)).sort()).toEqual(['another', 'auth-secret'])
  })

  test('is made anew where making it was cut short', async () => {
    await writeFile(join(dir, 'auth-secret.new'), 'half')
    expect(await keptSecret(dir)).toBe(await readFile(join(dir, 'auth-secret'), 'utf8'))
  })

  test.each(['', '\n', 'short', ' '.repeat(40)])('is not taken for one when it is %j', async (kept) => {
    await writeFile(join(dir, 'auth-secret'), kept)
    await expect(keptSecret(dir)).rejects.toThrow(/auth-secret holds no secret of at least 32 characters/)
    expect(await readFile(join(dir, 'auth-secret'), 'utf8')).toBe(kept)
  })
})

test('a secret that can be guessed is warned of by the name of the setting', async () => {
  const place = await newPlace('embedded', { migrated: true })
  const server = await startServer({ ...settingsOf(place), AUTH_SECRET: 'x'.repeat(32) })
  await expect
    .poll(server.output, { timeout: 60_000 })
    .toMatch(/"msg":"auth: .*\bAUTH_SECRET appears low-entropy/)
  expect(server.output()).not.toContain('BETTER_AUTH_SECRET')
  await server.stop()
  await place.remove()
})

test('a secret that the environment holds for another service signs nobody in', async () => {
  const database = await openTestDatabase('embedded')
  vi.stubEnv('BETTER_AUTH_SECRETS', `1:${'Another1'.repeat(4)}`)
  const beside = await appOn(database)
  const { browser } = await signUp(beside)
  vi.unstubAllEnvs()
  const app = await appOn(database)
  expect((await app.inject({ url: query('profile.me'), headers: browser })).statusCode).toBe(200)
  for (const one of [beside, app]) await one.close()
  await database.close()
})

test.each(['', 'short', 'x'.repeat(31)])('an app is not made with the secret %j', async (authSecret) => {
  const database = await openTestDatabase('embedded')
  await expect(appOn(database, { authSecret })).rejects.toThrow('at least 32 characters')
  await database.close()
})
