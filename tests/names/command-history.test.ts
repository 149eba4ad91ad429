import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { setAdministrator } from '../../server/domain/people.ts'
import { forgetPerson } from '../../server/domain/release.ts'
import { appOn } from '../http/app.ts'
import { freshName, times } from '../race/world.ts'
import { engines, openTestDatabase, type TestDatabase } from '../support/database.ts'
import { somebody } from '../support/people.ts'
import { signedInPeople } from '../support/sessions.ts'
import { callerUnder } from './administrators.ts'
import { run } from './run-command.ts'

describe.each(engines)('npm run dibs -- names history on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let url: string
  let token: string
  const boss = { id: '', name: '' }
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database)
    url = await app.listen({ host: '127.0.0.1', port: 0 })
    const [first] = await signedInPeople(database.prisma, 1)
    if (first === undefined) throw new Error('one person')
    boss.id = first.id
    token = first.token
    await setAdministrator(database.prisma, { person: boss, administrator: true })
  })
  afterAll(async () => {
    await app.close()
    await database.close()
  })

  /** The lines that it prints through a running server. */
  async function linesOf(...args: string[]): Promise<string[]> {
    const { code, out, err } = await run(['names', 'history', '--url', url, ...args], { DIBS_TOKEN: token })
    expect({ code, err }).toEqual({ code: 0, err: '' })
    return out.split('\n').slice(0, -1)
  }

  /** Has some number of changes of a name. */
  async function reserveOften(username: string, many: number): Promise<void> {
    const { admin } = callerUnder(database, boss)
    for (const because of times(many, (at) => `reason ${at}`)) {
      await admin.reserveUsername({ username, because })
    }
  }

  test('tells of each change whose the name was from then on, and from whom it was taken', async () => {
    const [a, b, name, other, own] = [somebody(), somebody(), freshName('x'), freshName('o'), freshName('w')]
    const { admin, profile } = callerUnder(database, boss)
    const [ofA, ofB] = [a, b].map((person) => callerUnder(database, person).profile)
    await admin.reserveUsername({ username: name, for: 'a@people.example', note: 'why' })
    await admin.releaseUsername({ username: name })
    await ofA?.claimUsername({ username: name.toUpperCase() })
    await ofA?.claimUsername({ username: name })
    await ofA?.claimUsername({ username: other })
    await admin.releaseUsername({ username: name })
    await ofB?.claimUsername({ username: name })
    await admin.transferUsername({ username: name, to: a.id })
    await admin.releaseUsername({ username: name })
    await admin.transferUsername({ username: name, to: a.id })
    await admin.transferUsername({ username: name, to: boss.id })
    await admin.transferUsername({ username: name, to: b.id })
    await forgetPerson(database.prisma, { person: b, rules: { holdDays: 90 } })
    await profile.claimUsername({ username: own })
    await admin.releaseUsername({ username: own, atOnce: true })
    /** Earliest first, without times, and with short names for everybody. */
    const told = async (username: string) =>
      (await linesOf(username)).reverse().map((line) =>
        [[a.id, 'A'] as const, [b.id, 'B'] as const, [boss.id, 'BOSS'] as const]
          .reduce((text, [id, short]) => text.replaceAll(id, short), line)
          .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
          .replaceAll(new RegExp(name, 'gi'), 'NAME')
          .replaceAll(/ {2,}/g, '  '),
      )
    expect(await told(name)).toEqual([
      'TIME  reserved  NAME  reserved  for a@people.example  by BOSS  “why”',
      'TIME  freed  NAME  free  by BOSS',
      'TIME  claimed  NAME  current  of A',
      'TIME  respelled  NAME  current  of A',
      `TIME  renamed  NAME  held until TIME  for A  (now ${other})`,
      'TIME  freed  NAME  free  taken from A  by BOSS',
      'TIME  claimed  NAME  current  of B',
      'TIME  transferred  NAME  current  of A  taken from B  by BOSS',
      `TIME  transferred  NAME  current  of A  (before ${other})  by BOSS`,
      'TIME  freed  NAME  held until TIME  for A  by BOSS',
      'TIME  transferred  NAME  current  of A  by BOSS',
      'TIME  transferred  NAME  current  of BOSS  taken from A  by BOSS',
      'TIME  transferred  NAME  current  of BOSS',
      'TIME  transferred  NAME  current  of B  taken from BOSS  by BOSS',
      'TIME  transferred  NAME  current  of B  by BOSS',
      'TIME  deleted  NAME  held until TIME  for B',
    ])
    expect((await told(other)).at(-1)).toBe(
      `TIME  renamed  ${other}  held until TIME  for A  (now NAME)  by BOSS`,
    )
    expect((await told(own)).at(-1)).toBe(`TIME  freed  ${own}  free  taken from BOSS  by BOSS`)
    expect(await told('admin')).toEqual(['TIME  seeded  admin  reserved  by the service'])
  })

  test('says that there is more, and how to see it', async () => {
    const name = `-${freshName('more')}`
    await reserveOften(name, 51)
    const latest = await linesOf('--', name)
    expect(latest).toHaveLength(51)
    const [, id = ''] = /--before (\d+)/.exec(latest.at(-1) ?? '') ?? []
    const command = 'There is more: npm run dibs -- names history'
    expect(latest.at(-1)).toBe(`${command} --before ${id} --url '${url}' -- ${name}`)
    const earliest = await linesOf('--before', id, '--', name)
    expect(earliest).toHaveLength(1)
    const all = await linesOf('--limit', '51', '--', name)
    expect(all).toEqual([...latest.slice(0, -1), ...earliest])
    const some = await linesOf('--limit', '2', '--', name)
    expect(some.at(-1)).toMatch(/ --before \d+ --limit 2 --url \S+ -- \S+$/)
  })

  test('says that nothing happened before a change, not that nothing ever did', async () => {
    const name = freshName('early')
    await reserveOften(name, 1)
    expect(await linesOf(name, '--before', '1')).toEqual([`Nothing happened to ${name} before change 1.`])
    expect(await linesOf(freshName('none'))).toEqual([
      expect.stringMatching(/^Nothing ever happened to none-\S+\.$/),
    ])
  })
})
