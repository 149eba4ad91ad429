import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setAdministrator } from '../../server/domain/people.ts'
import { appOn } from '../http/app.ts'
import { freshName } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { freePort } from '../support/server.ts'
import { signedInPeople } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'
import { type Do, doing, everyNameCommand } from './every-name-command.ts'
import { run } from './run-command.ts'

describe.each(engines)('npm run dibs through a running server on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let url: string
  let boss: { id: string; token: string }
  let ordinary: { id: string; token: string }
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    const [first, second] = await signedInPeople(database.prisma, 2)
    if (first === undefined || second === undefined) throw new Error('two people')
    boss = first
    ordinary = second
    await setAdministrator(database.prisma, { person: { id: boss.id, name: '' }, administrator: true })
  })
  afterAll(async () => {
    await app.close()
    await database.close()
  })

  const does: Do = (...args) => doing(() => ({ DIBS_TOKEN: boss.token }), '--url', url)(...args)

  describe('an administrator', () => {
    everyNameCommand(
      does,
      (work) => work(database),
      () => boss.id,
      ['__proto__', 'constructor', 'toString', 'hasOwnProperty'],
    )
  })

  test('needs a token, of an administrator', async () => {
    const who = ['names', 'who', 'admin', '--url', url]
    expect(await run(who, {})).toMatchObject({ code: 2, err: expect.stringContaining('DIBS_TOKEN') })
    const tokens = { [ordinary.token]: 'not an administrator’s', 'no-token': 'knows nobody by the token' }
    for (const [DIBS_TOKEN, sentence] of Object.entries(tokens)) {
      expect(await run(who, { DIBS_TOKEN })).toMatchObject({
        code: 1,
        out: '',
        err: expect.stringContaining(sentence),
      })
    }
  })

  test('says where nothing is that answers', async () => {
    const environment = { DIBS_TOKEN: boss.token }
    const nowhere = await run(['names', 'who', 'admin', '--url', 'http://127.0.0.1:1'], environment)
    expect(nowhere).toMatchObject({
      code: 1,
      err: 'Nothing that is Dibs answered there. Start it, or correct --url.\n',
    })
    expect(await run(['names', 'who', 'admin', '--url', 'localhost'], environment)).toMatchObject({ code: 2 })
  })

  test.each([
    ['a token as the README writes it', '…', '', 'DIBS_TOKEN is no bearer token'],
    ['a token of two words', 'two words', '', 'DIBS_TOKEN is no bearer token'],
    ['a token of two lines', 'two\nlines', '', 'DIBS_TOKEN is no bearer token'],
    ['a password in the URL', 'token', 'neo:secret@', '--url must have no user and no password'],
    ['a user in the URL', 'token', 'neo@', '--url must have no user and no password'],
  ])('refuses %s before it asks anything', async (_, DIBS_TOKEN, user, sentence) => {
    const there = url.replace('//', `//${user}`)
    for (const command of [['who'], ['reserve', '--yes']]) {
      const ran = await run(['names', ...command, 'neo', '--url', there], { DIBS_TOKEN })
      expect(ran).toEqual({ code: 2, out: '', err: expect.stringContaining(sentence) })
      expect(ran.err).not.toMatch(/secret|lines/)
    }
  })

  test.each(['/trpc', '/elsewhere'])('says of %s that the procedure is not there', async (path) => {
    for (const command of [['who'], ['reserve', '--yes']]) {
      const ran = await run(['names', ...command, 'neo', '--url', `${url}${path}`], {
        DIBS_TOKEN: boss.token,
      })
      expect(ran).toEqual({
        code: 1,
        out: '',
        err: 'What answers there is Dibs, but has no such procedure. Give --url without a path, or update that server.\n',
      })
    }
  })

  test('says of a change without an answer that it may have been done', async () => {
    const name = freshName('unanswered')
    const server = createServer(async (request, response) => {
      const { method, headers, url = '' } = request
      const payload = await buffer(request)
      await app.inject({ method: method === 'POST' ? 'POST' : 'GET', url, headers, payload })
      response.destroy()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const lost = (...args: string[]) =>
      run([...args, '--url', `http://127.0.0.1:${port}`], { DIBS_TOKEN: boss.token })
    const asked = await lost('names', 'who', name)
    const changed = await lost('names', 'reserve', name, '--yes')
    server.close()
    expect(asked.err).toBe('Nothing that is Dibs answered there. Start it, or correct --url.\n')
    expect(changed).toMatchObject({ code: 1, out: '' })
    expect(changed.err).toBe(
      'Nothing that is Dibs answered there, but it may have been done all the same: npm run dibs -- names who NAME tells.\n',
    )
    expect(await does('names', 'who', name)).toMatchObject({ json: { status: 'reserved' } })
  })

  test('says of a change that was never sent no more than that nothing answered', async () => {
    const reserve = ['names', 'reserve', freshName('unsent'), '--yes', '--url']
    const port = await freePort()
    for (const nowhere of [`http://127.0.0.1:${port}`, `http://localhost:${port}`, 'http://dibs.invalid']) {
      expect(await run([...reserve, nowhere], { DIBS_TOKEN: boss.token })).toMatchObject({
        code: 1,
        err: 'Nothing that is Dibs answered there. Start it, or correct --url.\n',
      })
    }
  })

  test('of the embedded database alone can be asked while that is open', async () => {
    const ran = await run(['names', 'who', 'admin'], settingsOf(database))
    if (engine === 'postgresql')
      expect(ran).toMatchObject({ code: 0, out: 'admin is reserved (authority).\n' })
    else {
      expect(ran).toMatchObject({ code: 1, out: '' })
      expect(ran.err).toMatch(/in use by a running server.*--url http:\/\/localhost:3000/)
    }
  })
})
