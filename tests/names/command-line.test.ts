import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serviceUser } from '../support/cluster.ts'
import { newPlace } from '../support/database.ts'
import { settingsOf } from '../support/settings.ts'
import { run, runProcess } from './run-command.ts'

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
    [['names', 'who', 'neo', '--at', '0000-01-01']],
    [['names', 'who', 'neo', '--at', '2026-02-30']],
    [['names', 'who', 'neo', '--at', '2026-02-29T12:00:00Z']],
    [['names', 'who', 'neo', '--at', '2026-13-01']],
    [['names', 'who', 'neo', '--at', '2026-11-24T24:00Z']],
    [['names', 'who', 'neo', '--at', '2026-11-24T12:00:00+25:00']],
    [['names', 'who', 'neo', '--at', '9999-12-31T23:59:59-01:00']],
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
    expect(err).not.toContain('..')
  })

  test.each(['2024-02-29', '2026-11-24T12:00Z', '2026-11-24T12:00:00.123+05:30'])(
    'takes %s for a time',
    async (time) => {
      const { err } = await run(['names', 'who', 'neo', '--at', time], { DATA_DIR: dir })
      expect(err).toContain('There is no database')
    },
  )

  test('takes a name that begins with a hyphen after --', async () => {
    const { err } = await run(['names', 'who', '--', '-neo-'], { DATA_DIR: dir })
    expect(err).toContain('There is no database')
  })

  test('takes --json after -- for a name, and before it for an option', async () => {
    const named = await run(['names', 'release', '--yes', '--', '--json'], { DATA_DIR: dir })
    expect(named).toMatchObject({ code: 1, out: '' })
    const { out } = await run(['names', 'release', '--yes', '--json', '--', '--json'], { DATA_DIR: dir })
    expect(JSON.parse(out)).toMatchObject({ error: { kind: 'REFUSED' } })
    expect(JSON.parse((await run(['nmaes', '--json'], {})).out)).toMatchObject({ error: { kind: 'USAGE' } })
  })

  test('tells of a file .env that cannot be read, with --json as JSON, and helps all the same', async () => {
    const cwd = join(dir, 'unreadable')
    await mkdir(join(cwd, '.env'), { recursive: true })
    const message = expect.stringMatching(/^Wrong settings: \.env cannot be read: it is a directory/)
    const { code, out, err } = await runProcess(['names', 'who', 'neo', '--json'], {}, { cwd })
    expect({ code, err }).toEqual({ code: 1, err: message })
    expect(JSON.parse(out)).toEqual({ error: { kind: 'REFUSED', message } })
    expect(await runProcess(['--help'], {}, { cwd })).toMatchObject({ code: 0, err: '' })
  })

  test('makes no database where there is none', async () => {
    const { code, out, err } = await runProcess(['names', 'who', 'neo'], { DATA_DIR: dir })
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toBe(
      `There is no database in ${dir}. Run this where Dibs runs, or set DATA_DIR or DATABASE_URL as there; a new one is made by "npm start".\n`,
    )
  })

  test.each([
    ['DATA_DIR', (data: string) => data, 'database'],
    ['its lock', (data: string) => join(data, 'lock'), 'lock'],
  ])('does not take a database for none where %s is closed to its user', async (_, closed, named) => {
    const data = join(dir, `closed-${named}`)
    await mkdir(join(data, 'database'), { recursive: true })
    await writeFile(join(data, 'lock'), '')
    for (const path of [dir, data]) await chmod(path, 0o755)
    await chmod(closed(data), 0)
    // To root nothing is closed. What it runs is loaded by now.
    const { uid } = serviceUser()
    if (uid !== undefined) process.seteuid?.(uid)
    const { code, err } = await run(['names', 'who', 'neo'], { DATA_DIR: data }).finally(() => {
      if (uid !== undefined) process.seteuid?.(0)
    })
    expect({ code, err }).toEqual({
      code: 1,
      err: `${join(data, named)} is out of reach (EACCES). Run this as the user that Dibs runs as.\n`,
    })
    await chmod(closed(data), 0o700)
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
    const settings = settingsOf(place)
    const done = await runProcess(['names', 'reserve', 'neo-and-co', '--yes', '--json'], settings)
    expect(done).toEqual({ code: 0, out: '{\n  "reserved": "neo-and-co"\n}\n', err: '' })
    const refused = await runProcess(['names', 'release', 'neo-and-co'], settings)
    expect(refused).toMatchObject({ code: 1, out: '', err: expect.stringContaining('Add --yes') })
    await place.remove()
  })
})
