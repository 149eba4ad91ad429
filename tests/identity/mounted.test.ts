import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDibsClient } from '../../client/index.ts'
import { root } from '../../server/root.ts'
import { check } from '../compiler/typescript-versions.ts'
import { exampleMount, exampleRouter } from '../package/readme.ts'
import { engines, newPlace, type Place } from '../support/database.ts'
import { freePort, type ServerProcess, startProgram } from '../support/server.ts'
import { settingsOf } from '../support/settings.ts'

/** What somebody does who has both in one client. */
const client = `import { createDibsClient, match, safe } from '../../client/index.ts'
import type { MountOptions } from '../../server/mount.ts'
import type { AppRouter } from './names.ts'

const dibs = createDibsClient<AppRouter>({ url: '' })
const greeting: string = await dibs.greeting.query()
const [found, error] = await safe(dibs.profile.get.query({ username: greeting }))
const said: string = error
  ? match(error, { PROFILE_NOT_FOUND: ({ payload }) => payload.username, otherwise: ({ message }) => message })
  : Object.keys(found).join()
declare const without: Omit<MountOptions<AppRouter>, 'moreContext'>
// @ts-expect-error its procedures need a tenant
export const options: MountOptions<AppRouter> = without
// @ts-expect-error PROFILE_NOT_FOUND is not handled
if (error) match(error, { SIGNED_OUT: () => said })
`

describe.each(engines)("the README's programs that mount Dibs, on %s:", (engine) => {
  let place: Place
  let project: string
  let program: ServerProcess | undefined
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
    await mkdir(join(root, 'dist'), { recursive: true })
    project = await mkdtemp(join(root, 'dist', 'mounted-'))
  })
  afterAll(async () => {
    await rm(project, { recursive: true, force: true })
    await place?.remove()
  })

  const write = (name: string, code: string) =>
    writeFile(join(project, name), code.replaceAll("from './server/", "from '../../server/"))
  async function compile() {
    const config = { extends: '../../tsconfig.json', include: ['*.ts', '../../server/**/*.d.ts'] }
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config))
    return check('typescript', project)
  }
  async function start(): Promise<string> {
    const settings = { PORT: String(await freePort()), ...settingsOf(place) }
    program = await startProgram(join(project, 'names.ts'), settings, 'Server listening')
    return program.url
  }

  /** Asks as somebody whom the gateway knows. */
  async function ask(url: string, path: string, { as, input, ...headers }: Record<string, string>) {
    const sent = { ...(as && { 'x-person': as }), 'content-type': 'application/json', ...headers }
    const answer = await fetch(`${url}/trpc/${path}`, {
      headers: sent,
      ...(input && { method: 'POST', body: input }),
    })
    const body = (await answer.json()) as { result?: { data: unknown }; error?: { data: unknown } }
    return { status: answer.status, headers: answer.headers, data: body.result?.data ?? body.error?.data }
  }

  describe('all of it in a program of one’s own', () => {
    beforeAll(() => write('names.ts', exampleMount))
    afterAll(() => program?.kill())

    test('compiles', async () => expect(await compile()).toEqual([]))

    test('knows people as it says', async () => {
      const url = await start()
      const input = JSON.stringify({ username: 'neo' })
      expect(await ask(url, 'profile.me', {})).toMatchObject({ status: 401 })
      expect(await ask(url, 'profile.claimUsername', { as: 'neo', input })).toMatchObject({ status: 200 })
      const found = await createDibsClient({ url }).profile.get.query({ username: 'neo' })
      expect(found).toMatchObject({ username: 'neo' })
    })
  })

  describe('its procedures in a router of one’s own', () => {
    beforeAll(async () => {
      await write('names.ts', exampleRouter)
      await write('client.ts', client)
    })
    afterAll(() => program?.kill())

    test('compiles, with a client for both', async () => expect(await compile()).toEqual([]))

    test('answer beside its own, and fail as from Dibs', async () => {
      const url = await start()
      const claim = (as: string, more: Record<string, string> = {}) =>
        ask(url, 'profile.claimUsername', { as, input: JSON.stringify({ username: 'trinity' }), ...more })
      expect(await ask(url, 'greeting', { as: 'trin' })).toMatchObject({
        status: 200,
        data: 'trin of 127.0.0.1',
      })
      expect(await claim('trin')).toMatchObject({ status: 200, data: { username: 'trinity' } })
      const lost = await claim('smith')
      expect(lost).toMatchObject({ status: 409, data: { code: 'CONFLICT', kind: 'USERNAME_TAKEN' } })
      expect(lost.data).toMatchObject({ payload: { username: 'trinity' } })
      expect(await ask(url, 'profile.me', {})).toMatchObject({ status: 401, data: { kind: 'SIGNED_OUT' } })
      expect(await claim('trin', { 'dibs-person': 'smith' })).toMatchObject({ status: 401 })
      const foreign = { cookie: 'a=b', origin: 'https://evil.example' }
      expect(await claim('trin', foreign)).toMatchObject({ status: 403, data: { kind: 'FORBIDDEN' } })
      const [first, again] = [
        await claim('trin', { 'idempotency-key': 'k' }),
        await claim('trin', { 'idempotency-key': 'k' }),
      ]
      expect(again.data).toEqual(first.data)

      expect(lost.headers.get('cache-control')).toBe('no-store')
      const asked = request(`${url}/trpc/profile.me`, { headers: { host: 'a@b' } }).end()
      const [{ statusCode }] = await once(asked, 'response')
      expect(statusCode).toBe(400)
      const misused = await ask(url, 'profile.claimUsername', { as: 'trin' })
      expect(misused).toMatchObject({ status: 405, data: { kind: 'INVALID_INPUT' } })
      const wrong = await ask(url, 'nothing', {})
      expect(wrong).toMatchObject({ status: 404, data: { code: 'NOT_FOUND', path: 'nothing' } })
      expect(wrong.data).not.toHaveProperty('stack')
      let limited = lost
      for (let n = 0; n < 30 && limited.status !== 429; n++) limited = await claim('smith')
      expect(limited).toMatchObject({ status: 429, data: { kind: 'RATE_LIMITED' } })
      expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    })
  })
})
