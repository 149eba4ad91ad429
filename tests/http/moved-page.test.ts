import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claimUsername } from '../../server/domain/claim.ts'
import { forgetPerson, releaseUsername } from '../../server/domain/release.ts'
import { Username } from '../../shared/username.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { lock } from '../support/locks.ts'
import { somebody } from '../support/people.ts'
import { anyRenames } from '../support/rules.ts'
import { appOn } from './app.ts'
import { exchange } from './lean/exchange.ts'
import { expectRefusal } from './refusal.ts'

const html = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const page = '<!doctype html><title>Dibs</title>'

describe.each(engines)('the page of a name, on %s,', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let webDir: string
  const logged: string[] = []
  beforeAll(async () => {
    webDir = await mkdtemp(join(tmpdir(), 'dibs-web-'))
    await writeFile(join(webDir, 'index.html'), page)
    database = await openTestDatabase(engine)
    app = await appOn(database, { webDir, log: pino({}, { write: (line) => void logged.push(line) }) })
  })
  afterAll(async () => {
    await app?.close()
    await database?.close()
    await rm(webDir, { recursive: true, force: true })
  })

  async function claim(person: { id: string; name: string }, ...names: string[]) {
    for (const name of names) {
      const end = await claimUsername(database.query, { person, username: Username.parse(name) }, anyRenames)
      expect(end.outcome).toBe('claimed')
    }
  }
  const visit = (url: string, method: 'GET' | 'HEAD' = 'GET') => app.inject({ method, url, headers: html })
  async function expectMoved(from: string, page: string, was = /[\w-]+/.exec(from.replace('%40', ''))?.[0]) {
    const to = `${page}${page.includes('?') ? '&' : '?'}was=${was}`
    for (const method of ['GET', 'HEAD'] as const) {
      const answer = await visit(from, method)
      expect([answer.statusCode, answer.headers.location]).toEqual([308, to])
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.body).toBe('')
    }
  }
  async function expectPage(url: string) {
    const answer = await visit(url)
    expect([answer.statusCode, answer.body]).toEqual([200, page])
    expect((await visit(url, 'HEAD')).statusCode).toBe(200)
  }

  test('that somebody moved on from leads to their current one, in one hop', async () => {
    const names = [freshName('One'), freshName('Two'), freshName('Three')] as const
    await claim(somebody(), ...names)
    const [one, two, three] = names
    await expectMoved(`/@${one}`, `/@${three}`)
    await expectMoved(`/@${two}`, `/@${three}`)
    await expectMoved(`/@${one.toUpperCase()}`, `/@${three}`)
    await expectMoved(`/@${one}/`, `/@${three}`)
    await expectMoved(`/%40${one}`, `/@${three}`)
    await expectPage(`/@${three}`)
  })

  test('that somebody came back to leads nowhere, and the other one to it', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    const person = somebody()
    await claim(person, one, two, one)
    await expectPage(`/@${one}`)
    await expectMoved(`/@${two}`, `/@${one}`)
    await claim(person, two)
    await expectMoved(`/@${one}`, `/@${two}`)
    await expectPage(`/@${two}`)
  })

  test('is there for whatever looks at it, unless that asks for something else', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    for (const headers of [{}, { accept: '*/*' }, { accept: 'image/webp, */*;q=0.1' }]) {
      expect((await app.inject({ url: `/@${two}`, headers })).body).toBe(page)
      expect((await app.inject({ url: `/@${one}`, headers })).headers.location).toBe(`/@${two}?was=${one}`)
      expectRefusal(await app.inject({ url: '/settings', headers }), 404, 'NOT_FOUND')
    }
    const asData = await app.inject({ url: `/@${two}`, headers: { accept: 'application/json' } })
    expectRefusal(asData, 404, 'NOT_FOUND')
  })

  test('is the same in other capitals', async () => {
    const name = freshName('capitals')
    await claim(somebody(), name, name.toUpperCase())
    await expectPage(`/@${name}`)
    await expectPage(`/@${name.toUpperCase()}`)
  })

  test.each(['.', ',', '!', ')', '%20', '%20.'])('leads on whoever’s link ends in %j', async (ending) => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    await expectMoved(`/@${one}${ending}`, `/@${two}`)
    await expectPage(`/@${two}${ending}`)
  })

  test.each(['/@%E0%A4%A', '/@neo%', '/%zz?next=%', '//evil.example/%', '/\\evil.example/%'])(
    'that cannot be decoded is a page all the same, at an address of ours: %s',
    async (url) => {
      const led = await visit(url)
      expect(led.statusCode).toBe(302)
      expect(led.headers.location).toMatch(/^\/(?![/\\])/)
      await expectPage(String(led.headers.location))
      const asData = await app.inject({ url, headers: { accept: 'application/json' } })
      expectRefusal(asData, 400, 'INVALID_INPUT')
    },
  )

  test('keeps the query as it was', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    const query = '?from=mail&next=//evil.example/?a=%0d%0aset-cookie:x&q=%C3%BC+%40'
    await expectMoved(`/@${one}${query}`, `/@${two}${query}`)
  })

  test('leads on whoever writes its whole address, or one with a fragment', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port)
    for (const target of [`http://u@elsewhere/@${one}`, `/@${one}#x`]) {
      const { status, headers } = await exchange(port, { method: 'GET', target, headers: html })
      expect([status, new Map(headers).get('location')]).toEqual([308, `/@${two}?was=${one}`])
    }
    const asked = logged.flatMap((line) => JSON.parse(line).req ?? []).slice(-2)
    expect(asked).toMatchObject([{ url: `/@${one}` }, { url: `/@${one}` }])
  })

  test('whose hold has ended leads to its former owner until a stranger takes it', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    await database.prisma.username.update({ where: { key: one }, data: { heldUntil: new Date() } })
    await expectMoved(`/@${one}`, `/@${two}`)
    const stranger = somebody()
    await claim(stranger, one)
    await expectPage(`/@${one}`)
    const three = freshName('three')
    await claim(stranger, three)
    await expectMoved(`/@${one}`, `/@${three}`)
  })

  test('of somebody who released theirs, or is gone, is the web app’s', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    const person = somebody()
    await claim(person, one, two)
    await releaseUsername(database.prisma, { person, rules: anyRenames })
    await expectPage(`/@${one}`)
    await claim(person, two)
    await expectMoved(`/@${one}`, `/@${two}`)
    await forgetPerson(database.prisma, { person, rules: anyRenames })
    await expectPage(`/@${one}`)
    await expectPage(`/@${two}`)
  })

  test('is looked up with others that are asked for at the same time', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    let statements = 0
    const query: typeof database.query = (sql, ...values) => {
      statements += 1
      return database.query(sql, ...values)
    }
    const counted = await appOn({ ...database, query }, { webDir })
    await counted.ready()
    const visits = times(20, () => counted.inject({ url: `/@${one}`, headers: html }))
    const moved = (await Promise.all(visits)).map(({ headers }) => headers.location)
    expect(moved).toEqual(times(20, () => `/@${two}?was=${one}`))
    expect(statements).toBeLessThan(5)
    await counted.close()
  })

  test.each([
    '/@nobody-at-all',
    '/@admin',
    '/@__proto__',
    '/@constructor',
    '/@a',
    '/@no%20spaces',
    '/@%00',
    `/@${'x'.repeat(51)}`,
    '/@',
    '/@@nobody',
    '/@one/two',
    '/@..%2f..%2fetc',
    '/settings',
  ])('%s is the web app’s', async (url) => {
    await expectPage(url)
  })

  test('leads nobody on who asks for data, or sends some', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    const asData = await app.inject({ url: `/@${one}`, headers: { accept: 'application/json' } })
    expectRefusal(asData, 404, 'NOT_FOUND')
    const posted = await app.inject({ method: 'POST', url: `/@${one}`, headers: html })
    expectRefusal(posted, 404, 'NOT_FOUND')
  })

  test.runIf(engine === 'postgresql')('is the web app’s while the database does not answer', async () => {
    const [one, two] = [freshName('one'), freshName('two')]
    await claim(somebody(), one, two)
    const names = await lock(database, 'LOCK TABLE usernames IN ACCESS EXCLUSIVE MODE')
    try {
      const asked = performance.now()
      const answer = await visit(`/@${one}`)
      expect([answer.statusCode, answer.body]).toEqual([200, page])
      // Sooner than the database itself ends a statement that waits.
      expect(performance.now() - asked).toBeLessThan(6_000)
    } finally {
      await names.release()
    }
    await expectMoved(`/@${one}`, `/@${two}`)
  })

  test('is the web app’s while the database is away', async () => {
    const away = await openTestDatabase(engine)
    const lonely = await appOn(away, { webDir, log: pino({}, { write: (line) => void logged.push(line) }) })
    const [one, two] = [Username.parse('away-one'), Username.parse('away-two')]
    const person = somebody()
    for (const username of [one, two]) {
      await claimUsername(away.query, { person, username }, anyRenames)
    }
    expect((await lonely.inject({ url: '/@away-one', headers: html })).statusCode).toBe(308)
    await away.close()
    logged.length = 0
    for (const url of ['/@away-one', '/@away-two']) {
      const answer = await lonely.inject({ url, headers: html })
      expect([answer.statusCode, answer.body]).toEqual([200, page])
    }
    const warnings = logged.filter((line) => line.includes('"level":40'))
    expect(warnings).toHaveLength(2)
    expect(warnings[0]).toContain('cannot tell whether a name has moved')
    expect(logged.filter((line) => line.includes('"level":50'))).toEqual([])
    await lonely.close()
  })
})
