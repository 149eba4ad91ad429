import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/database/open.ts'
import { setAdministrator } from '../../server/domain/people.ts'
import { appOn } from '../http/app.ts'
import { freshName } from '../race/world.ts'
import {
  engines,
  newPlace,
  openTestDatabase,
  type Place,
  silent,
  type TestDatabase,
} from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { authSecret, signedInPeople } from '../support/sessions.ts'
import { newMember } from './administrators.ts'
import { type Ran, run, runProcess, settingsOf } from './run-command.ts'

/** Runs a command line that asks for JSON; answers what it printed. */
type Do = (...args: string[]) => Promise<Ran & { json: Record<string, unknown> }>

function doing(environment: () => Record<string, string>, ...more: string[]): Do {
  return async (...args) => {
    const ran = await run([...args, '--json', ...more], environment())
    return { ...ran, json: JSON.parse(ran.out) }
  }
}

/** What both ways of administering do alike. `on` is how to see to the database meanwhile. */
function everyNameCommand(
  does: Do,
  on: <T>(work: (database: Database) => Promise<T>) => Promise<T>,
  actor: () => unknown,
  odd: readonly string[],
) {
  const claim = (person: { id: string; name: string }, username: string) =>
    on((database) => callerOf(database, person).profile.claimUsername({ username }))

  test('reserves, tells who, releases, and has it all in the history', async () => {
    const name = freshName('Reserved')
    const reserve = ['names', 'reserve', name, '--for', 'Neo@people.example', '--because', 'his']
    expect(await does(...reserve, '--note', 'ticket 7', '--yes')).toMatchObject({
      code: 0,
      json: { reserved: name },
      err: '',
    })
    expect((await does('names', 'who', name.toUpperCase())).json).toMatchObject({
      username: name,
      status: 'reserved',
      reservedBecause: 'his',
      reservedFor: 'neo@people.example',
    })
    const released = await does('names', 'release', name, '--note', 'given up', '--yes')
    expect(released.json).toEqual({ released: name, was: 'reserved', heldUntil: null })
    const { json } = await does('names', 'history', name)
    expect(json).toMatchObject({
      changes: [
        { cause: 'freed', status: 'free', actorId: actor(), note: 'given up' },
        { cause: 'reserved', status: 'reserved', actorId: actor(), note: 'ticket 7' },
      ],
      next: null,
    })
    const [latest] = json.changes as { id: string }[]
    expect((await does('names', 'history', name, '--before', latest?.id ?? '')).json.changes).toHaveLength(1)
    expect((await does('names', 'history', name, '--limit', '1')).json).toMatchObject({ next: latest?.id })
  })

  test('takes a name from its owner, at once or not, and hands it over', async () => {
    const [owner, name] = [somebody(), freshName('owned')]
    const taker = await on((database) => newMember(database))
    await claim(owner, name)
    expect((await does('names', 'release', name, '--yes')).json).toMatchObject({
      was: 'taken',
      heldUntil: expect.any(String),
    })
    expect(
      (await does('names', 'transfer', name, '--to', taker.email, '--note', 'sold', '--yes')).json,
    ).toEqual({
      transferred: name,
      from: owner.id,
      to: taker.id,
      previous: null,
    })
    expect((await does('names', 'who', name)).json).toMatchObject({
      status: 'current',
      person: { id: taker.id, username: name, email: taker.email },
    })
    expect((await does('names', 'release', name, '--at-once', '--yes')).json).toMatchObject({
      heldUntil: null,
    })
    expect((await does('names', 'who', name)).json).toMatchObject({ status: 'free' })
    expect((await does('names', 'who', name, '--at', '2001-02-03')).json).toMatchObject({
      status: 'free',
      at: '2001-02-03T00:00:00.000Z',
    })
  })

  test('refuses with the reason, and what to do about it', async () => {
    const [owner, name, never] = [somebody(), freshName('refused'), freshName('never')]
    await claim(owner, name)
    const refusals: [args: string[], kind: string, sentence: string][] = [
      [['names', 'reserve', name, '--yes'], 'USERNAME_TAKEN', 'Release it first'],
      [['names', 'release', never, '--yes'], 'USERNAME_UNUSED', 'Anybody can claim it'],
      [['names', 'transfer', never, '--to', owner.id, '--yes'], 'USERNAME_UNUSED', 'nobody’s'],
      [['names', 'transfer', name, '--to', '@__proto__', '--yes'], 'PERSON_NOT_FOUND', 'current @username'],
    ]
    for (const [args, kind, sentence] of refusals) {
      const { code, json, err } = await does(...args)
      expect({ args, code, json }).toMatchObject({ args, code: 1, json: { error: { kind } } })
      expect(err).toContain(sentence)
    }
    await does('names', 'release', name, '--yes')
    const held = await does('names', 'reserve', name, '--yes')
    expect(held).toMatchObject({ code: 1, json: { error: { kind: 'USERNAME_HELD' } } })
  })

  test.each(odd)('takes %s for a name like others', async (name) => {
    expect((await does('names', 'who', name)).json).toMatchObject({
      status: 'reserved',
      reservedBecause: 'programming',
    })
    expect((await does('names', 'release', name, '--yes')).json).toMatchObject({ was: 'reserved' })
    const owner = await on((database) => newMember(database))
    await claim(owner, name)
    expect((await does('names', 'transfer', name, '--to', `@${name}`, '--yes')).json).toMatchObject({
      transferred: name,
      to: owner.id,
    })
    expect((await does('names', 'release', name, '--at-once', '--yes')).json).toMatchObject({
      was: 'taken',
    })
    expect((await does('names', 'reserve', name, '--yes')).json).toEqual({ reserved: name })
    const { changes } = (await does('names', 'history', name)).json as { changes: { cause: string }[] }
    expect(changes.map(({ cause }) => cause)).toEqual(['reserved', 'freed', 'claimed', 'freed', 'seeded'])
  })
}

describe.each(engines)('npm run dibs beside a database on %s', (engine) => {
  let place: Place
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
  })
  afterAll(() => place.remove())

  const settings = () => settingsOf(place.location)
  const does = doing(settings)
  async function on<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const database = await openDatabase(place.location, silent)
    try {
      return await work(database)
    } finally {
      await database.close()
    }
  }

  describe('whoever runs the service', () => {
    // Each command opens the database anew: the rest of these names go through a server.
    everyNameCommand(does, on, () => null, ['__proto__'])
  })

  test('makes and unmakes administrators, and lists them', async () => {
    const member = await on((database) => newMember(database))
    expect((await does('admins', 'list')).json).toEqual({ administrators: [] })
    const person = { id: member.id, username: null, email: member.email }
    expect((await does('admins', 'add', member.email, '--yes')).json).toEqual({
      ...person,
      administrator: true,
    })
    expect((await does('admins', 'list')).json).toEqual({ administrators: [person] })
    expect((await run(['admins', 'list'], settings())).out).toBe(`${member.email} (${member.id})\n`)
    expect((await does('admins', 'remove', member.id, '--yes')).json).toEqual({
      ...person,
      administrator: false,
    })
    expect((await run(['admins', 'list'], settings())).out).toBe('Nobody is an administrator.\n')
    expect(await does('admins', 'add', '@nobody-at-all', '--yes')).toMatchObject({
      code: 1,
      json: { error: { kind: 'PERSON_NOT_FOUND' } },
    })
  })

  test('says what will happen and asks, and does it only for a yes', async () => {
    const [owner, taker, name, old] = [somebody(), somebody(), freshName('asked'), freshName('old')]
    await on((database) => callerOf(database, owner).profile.claimUsername({ username: name }))
    await on((database) => callerOf(database, taker).profile.claimUsername({ username: old }))

    const transfer = ['names', 'transfer', name, '--to', `@${old}`]
    const declined = await run(transfer, settings(), 'n')
    expect(declined).toMatchObject({ code: 1, out: '' })
    expect(declined.err).toMatch(
      new RegExp(
        `^${name} is the name of @${name} \\(${owner.id}\\) since .*\\.\n` +
          `It will be the name of @${old} \\(${taker.id}\\)\\.\n` +
          `Their name ${old} will be held for them as after a rename\\.\n` +
          'Nothing was changed\\.\n$',
      ),
    )
    const alone = await run(transfer, settings())
    expect(alone).toMatchObject({ code: 1, out: '' })
    expect(alone.err).toContain('Nobody is here to confirm this. Add --yes')
    const release = await run(['names', 'release', name], settings(), '')
    expect(release.err).toContain('They will have no name, and it will be held for them as after a rename.')
    expect((await does('names', 'history', name)).json.changes).toHaveLength(1)

    const done = await run(transfer, settings(), 'y')
    expect(done).toMatchObject({
      code: 0,
      out: `${name} is the name of ${taker.id} now.\nTheir name ${old} is held for them.\n`,
    })
    const reserve = await run(
      ['names', 'reserve', freshName('asked'), '--for', 'a@people.example'],
      settings(),
      'Yes',
    )
    expect(reserve.err).toMatch(
      /is nobody’s\.\nIt will be reserved: only a@people\.example can claim it\.\n$/,
    )
    expect(reserve.code).toBe(0)
  })

  test('asks nothing where it will be refused anyway', async () => {
    const { code, err } = await run(['names', 'release', freshName('free')], settings())
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is nobody’s and not reserved') })
  })

  test('compares names for look-alikes, and tells of them', async () => {
    const [one, two] = [somebody(), somebody()]
    const allowing = { ...settings(), USERNAME_LOOK_ALIKES: 'allow' }
    await on(async ({ prisma }) => {
      for (const [{ id }, display] of [
        [one, 'Alice'],
        [two, 'AIice'],
      ] as const) {
        const key = display.toLowerCase()
        await prisma.profile.create({ data: { id } })
        await prisma.username.create({ data: { key, display, ownerId: id, claimedAt: new Date() } })
        await prisma.profile.update({ where: { id }, data: { usernameKey: key } })
      }
    })
    const found = {
      version: expect.any(String),
      recomputed: 2,
      lookAlikes: [{ username: 'Alice', resembles: 'AIice' }],
    }
    const dry = await does('names', 'skeletons', '--dry-run')
    expect(dry).toMatchObject({ code: 0, json: { ...found, dryRun: true } })
    expect(dry.err).toContain('Compared 100 %')
    expect((await does('names', 'skeletons')).json).toEqual({ ...found, dryRun: false })
    const { out } = await run(['names', 'skeletons'], settings())
    expect(out).toContain('Alice looks like AIice, which is another’s.')
    const refused = await run(['names', 'skeletons'], allowing)
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('USERNAME_LOOK_ALIKES') })
  })

  test('tells a history to people too', async () => {
    const name = freshName('told')
    await does('names', 'reserve', name, '--note', 'because', '--yes')
    const { out } = await run(['names', 'history', name], settings())
    expect(out).toMatch(/^\d{4}-.*Z {2}reserved {5}told-\S+ {2}reserved {2}by the service {2}“because”\n$/)
    expect((await run(['names', 'history', freshName('none')], settings())).out).toMatch(
      /^Nothing ever happened/,
    )
  })
})

describe.each(engines)('npm run dibs through a running server on %s', (engine) => {
  let database: TestDatabase
  let app: FastifyInstance
  let url: string
  let boss: { id: string; token: string }
  let ordinary: { id: string; token: string }
  beforeAll(async () => {
    database = await openTestDatabase(engine)
    app = await appOn(database, { authSecret })
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

  test('of the embedded database alone can be asked while that is open', async () => {
    const ran = await run(['names', 'who', 'admin'], settingsOf(database.location))
    if (engine === 'postgresql')
      expect(ran).toMatchObject({ code: 0, out: 'admin is reserved (authority).\n' })
    else {
      expect(ran).toMatchObject({ code: 1, out: '' })
      expect(ran.err).toMatch(/in use by a running server.*--url http:\/\/localhost:3000/)
    }
  })
})

describe('the command line', () => {
  let dir: string
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dibs-command-'))
  })
  afterAll(() => rm(dir, { recursive: true, force: true }))

  test.each(
    ['', 'names', 'admins', 'names reserve', 'names release', 'names transfer', 'names who', 'names history']
      .concat(['names skeletons', 'admins add', 'admins remove', 'admins list'])
      .map((command) => command.split(' ').filter((word) => word !== '')),
  )('explains itself for: %s %s', async (...command) => {
    for (const flag of ['--help', '-h']) {
      const { code, out, err } = await run([...command, flag], {})
      expect({ code, err }).toEqual({ code: 0, err: '' })
      expect(out).toContain(['Usage: npm run dibs --', ...command].join(' '))
    }
  })

  test.each([
    [[]],
    [['names']],
    [['nmaes']],
    [['names', 'seize', 'neo']],
    [['names', 'who']],
    [['names', 'who', 'neo', 'trinity']],
    [['names', 'who', 'neo', '--until', 'now']],
    [['names', 'transfer', 'neo']],
    [['names', 'who', 'ab']],
    [['names', 'who', 'né o']],
    [['names', 'who', 'neo', '--at', 'yesterday']],
    [['names', 'history', 'neo', '--limit', '0']],
    [['names', 'history', 'neo', '--before', 'x']],
    [['names', 'reserve', 'neo', '--for', 'nobody']],
    [['names', 'reserve', 'neo', '--because', '']],
    [['names', 'reserve', 'neo', '--note', 'a\u0000b']],
    [['admins', 'add', '']],
  ])('called as %j says what is wrong, and where to find what is right', async (args) => {
    const { code, out, err } = await run(args, { DATA_DIR: dir })
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/--help|must be/)
  })

  test('takes a name that begins with a hyphen after --', async () => {
    const { err } = await run(['names', 'who', '--', '-neo-'], { DATA_DIR: dir })
    expect(err).toContain('There is no database')
  })

  test('makes no database where there is none', async () => {
    const { code, out, err } = await runProcess(['names', 'who', 'neo'], { DATA_DIR: dir })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toBe(
      `There is no database in ${dir}. Run this where Dibs runs, or set DATA_DIR or DATABASE_URL as there; a new one is made by "npm start".\n`,
    )
  })

  test('tells of wrong settings, and of a server that does not let it in', async () => {
    expect(await run(['names', 'who', 'neo'], { DATABASE_URL: 'mysql://x' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('DATABASE_URL must be'),
    })
    expect(await run(['names', 'who', 'neo'], { DATABASE_URL: 'postgresql://127.0.0.1:1/x' })).toMatchObject({
      code: 1,
      err: expect.stringContaining('does not let us in'),
    })
  })

  test('as a process prints nothing but the result, and ends by itself', async () => {
    const place = await newPlace('embedded', { migrated: true })
    const settings = settingsOf(place.location)
    const done = await runProcess(['names', 'reserve', 'neo-and-co', '--yes', '--json'], settings)
    expect(done).toEqual({ code: 0, out: '{\n  "reserved": "neo-and-co"\n}\n', err: '' })
    const refused = await runProcess(['names', 'release', 'neo-and-co'], settings)
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Add --yes') })
    await place.remove()
  })
})
