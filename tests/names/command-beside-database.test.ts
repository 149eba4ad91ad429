import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../server/database/open.ts'
import type { Person } from '../../server/domain/person.ts'
import { forgetPerson } from '../../server/domain/release.ts'
import { freshName } from '../race/world.ts'
import { engines, newPlace, type Place, silent } from '../support/database.ts'
import { callerOf, somebody } from '../support/people.ts'
import { usualRules } from '../support/rules.ts'
import { settingsOf } from '../support/settings.ts'
import { callerUnder, newMember } from './administrators.ts'
import { doing, everyNameCommand } from './every-name-command.ts'
import { run } from './run-command.ts'

describe.each(engines)('npm run dibs beside a database on %s', (engine) => {
  let place: Place
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
  })
  afterAll(() => place.remove())

  const settings = () => settingsOf(place)
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

  test('makes an administrator of whom it named, though their id reads like another’s name', async () => {
    const [name, trap] = [freshName('meant'), freshName('trap')]
    const [meant, other] = [{ id: `@${trap}`, name: 'Meant' }, somebody()]
    await on((database) => callerOf(database, meant).profile.claimUsername({ username: name }))
    await on((database) => callerOf(database, other).profile.claimUsername({ username: trap }))
    expect((await does('admins', 'add', `@${name}`, '--yes')).json).toMatchObject({ id: meant.id })
    expect((await does('admins', 'list')).json).toEqual({
      administrators: [{ id: meant.id, username: name, email: null }],
    })
    await does('admins', 'remove', `@${name}`, '--yes')
    expect((await does('admins', 'list')).json).toEqual({ administrators: [] })
  })

  test('knows whom an identity provider signs in once they saved their profile, and says so', async () => {
    const person = { id: `auth0|${freshName('sub')}`, name: 'Neo' }
    const add = () => run(['admins', 'add', person.id, '--yes'], settings())
    expect(await add()).toEqual({
      code: 1,
      out: '',
      err: `There is nobody called ${person.id}. Name them by their current @username, the e-mail address that they signed up with, or id. Somebody who signs in with an identity provider is known here once they claimed a name or saved their profile.\n`,
    })
    await on((database) => callerOf(database, person).profile.update({ version: 0, bio: 'The One' }))
    expect(await add()).toMatchObject({ code: 0, out: `${person.id} is an administrator now.\n` })
    await does('admins', 'remove', person.id, '--yes')
  })

  // Nobody else can open the embedded database meanwhile.
  test.runIf(engine === 'postgresql')('makes nobody an administrator who is gone by the yes', async () => {
    const [person, name] = [somebody(), freshName('leaving')]
    await on((database) => callerOf(database, person).profile.claimUsername({ username: name }))
    const ran = await run(['admins', 'add', `@${name}`, '--json'], settings(), async () => {
      await on(({ prisma }) => forgetPerson(prisma, { person, rules: usualRules }))
      return 'y'
    })
    expect(ran.code).toBe(1)
    expect(JSON.parse(ran.out)).toMatchObject({ error: { kind: 'PERSON_NOT_FOUND' } })
    expect((await does('admins', 'list')).json).toEqual({ administrators: [] })
  })

  test.runIf(engine === 'postgresql')(
    'hands a name to whom was confirmed, whatever they are called by the yes',
    async () => {
      const [owner, taker, other] = [somebody(), somebody(), somebody()]
      const [name, old] = [freshName('handed'), freshName('old')]
      const claim = (person: Person, username: string) =>
        on((database) => callerUnder(database, person, { holdDays: 0 }).profile.claimUsername({ username }))
      await claim(owner, name)
      await claim(taker, old)
      const ran = await run(
        ['names', 'transfer', name, '--to', `@${old}`, '--json'],
        settings(),
        async () => {
          await claim(taker, freshName('moved'))
          await claim(other, old)
          return 'y'
        },
      )
      expect(JSON.parse(ran.out)).toMatchObject({ transferred: name, to: taker.id })
    },
  )

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
      /is nobody’s\.\nIt will be reserved \(administrator\): only a@people\.example can claim it\.\n$/,
    )
    expect(reserve.code).toBe(0)
  })

  test('shows of an id what would rewrite the question', async () => {
    const [owner, name] = [{ ...somebody(), id: 'o’neo\u001b[2K\n\u202e(x)' }, freshName('signs')]
    await on((database) => callerOf(database, owner).profile.claimUsername({ username: name }))
    const shown = 'o’neo\\u{1b}[2K\\u{a}\\u{202e}(x)'
    const { err } = await run(['names', 'release', name], settings(), 'n')
    expect(err.split('\n')[0]).toContain(`is the name of @${name} (${shown}) since`)
    const { out } = await run(['names', 'transfer', name, '--to', owner.id, '--yes'], settings())
    expect(out).toBe(`${name} is the name of ${shown} now.\n`)
    const history = await run(['names', 'history', name], settings())
    expect(history.out).toMatch(/^[^\n]+\n$/)
    expect(history.out).toContain(`current  of ${shown}`)
  })

  test('asks for the reason and the address that take the place of those a reservation has', async () => {
    const name = freshName('kept')
    const asked = async (...options: string[]) =>
      (await run(['names', 'reserve', name, ...options], settings(), 'y')).err
    const [his, hers] = ['his@people.example', 'hers@people.example']
    await asked('--for', his, '--because', 'a brand')
    expect(await asked('--for', hers)).toBe(
      `${name} is reserved (a brand), for ${his} to claim.\n` +
        `It will be reserved (administrator): only ${hers} can claim it.\n`,
    )
    expect(await asked('--because', 'ours')).toBe(
      `${name} is reserved (administrator), for ${hers} to claim.\n` +
        'It will be reserved (ours): nobody can claim it.\n',
    )
  })

  test('says that nothing will change for an owner who has the name already', async () => {
    const [owner, name] = [somebody(), freshName('theirs')]
    await on((database) => callerOf(database, owner).profile.claimUsername({ username: name }))
    const { code, err } = await run(['names', 'transfer', name, '--to', `@${name}`], settings(), 'y')
    expect(code).toBe(0)
    expect(err).toMatch(/^\S+ is the name of .*\.\nIt is theirs already: nothing will change\.\n$/)
    expect((await does('names', 'history', name)).json.changes).toHaveLength(1)

    await does('names', 'release', name, '--yes')
    const back = await run(['names', 'transfer', name, '--to', owner.id], settings(), 'n')
    expect(back.err).toContain(`It will be the name of ${owner.id}.`)
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
