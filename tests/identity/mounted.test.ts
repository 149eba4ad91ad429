import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { root } from '../../server/root.ts'
import { check } from '../compiler/typescript-versions.ts'
import { exampleMount } from '../package/readme.ts'
import { engines, newPlace, type Place } from '../support/database.ts'
import { freePort, startProgram } from '../support/server.ts'
import { settingsOf } from '../support/settings.ts'

describe.each(engines)("the README's program that mounts Dibs, on %s,", (engine) => {
  let place: Place
  let project: string
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
    await mkdir(join(root, 'dist'), { recursive: true })
    project = await mkdtemp(join(root, 'dist', 'mounted-'))
    await writeFile(join(project, 'names.ts'), exampleMount.replaceAll("from './", "from '../../"))
  })
  afterAll(async () => {
    await rm(project, { recursive: true, force: true })
    await place?.remove()
  })

  test('compiles', async () => {
    const config = { extends: '../../tsconfig.json', include: ['names.ts', '../../server/**/*.d.ts'] }
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config))
    expect(await check('typescript', project)).toEqual([])
  })

  test('knows people as it says', async () => {
    const settings = { PORT: String(await freePort()), ...settingsOf(place) }
    const program = await startProgram(join(project, 'names.ts'), settings, 'Server listening')
    const { url } = program
    const nobody = await fetch(`${url}/trpc/profile.me`)
    const headers = { 'x-person': 'neo', 'content-type': 'application/json' }
    const body = JSON.stringify({ username: 'neo' })
    const claim = await fetch(`${url}/trpc/profile.claimUsername`, { method: 'POST', headers, body })
    const found = await createDibsClient({ url }).profile.get.query({ username: 'neo' })
    await program.kill()
    expect([nobody.status, claim.status]).toEqual([401, 200])
    expect(found).toMatchObject({ username: 'neo' })
  })
})
