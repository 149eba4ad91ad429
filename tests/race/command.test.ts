import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../server/root.ts'
import { engines, newPlace, openTestDatabase, type Place } from '../support/database.ts'
import { freePort, type ServerProcess, startServer } from '../support/server.ts'
import { answerBeforeCommit } from './broken/answer-before-commit.ts'
import { checkThenWrite } from './broken/check-then-write.ts'
import { forgetTheOwner } from './broken/forget-the-owner.ts'
import { serveBroken } from './broken/serve.ts'

function start(...args: string[]): ChildProcess {
  const command = ['--import', 'tsx', join(root, 'tests', 'race', 'main.ts'), ...args]
  return spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Runs `npm run race` to its end. */
async function race(...args: string[]) {
  const child = start(...args)
  const [out, err, [code]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'close'),
  ])
  return { code, out, err }
}

const few = ['--people', '12', '--names', '2'] as const

/** Where a server of ours keeps its data. */
function settingsFor({ location }: Place): Record<string, string> {
  const AUTH_SECRET = 'Zk7vQ2mXw9bT4nRj6cHs8yLd3pFg5aUe'
  return 'url' in location ? { DATABASE_URL: location.url, AUTH_SECRET } : { DATA_DIR: location.dataDir }
}

describe.each(engines)('the race command at a server on %s', (engine) => {
  let place: Place
  let server: ServerProcess
  beforeAll(async () => {
    place = await newPlace(engine, { migrated: true })
    server = await startServer({ ...settingsFor(place), RATE_LIMITS: 'off', LOG_LEVEL: 'warn' })
  })
  afterAll(async () => {
    await server?.stop()
    await place?.remove()
  })

  test('finds that all holds, with the same names once and no more', async () => {
    const args = ['--url', server.url, ...few, '--seed', '7', '--json'] as const
    const { code, out, err } = await race(...args)
    expect(err).toContain('Signed up: 12 of 12')
    const { names, ...result } = JSON.parse(out)
    expect(result).toEqual({ verdict: 'holds', url: server.url, people: 12, seed: 7 })
    const ms = expect.any(Number)
    const round = {
      outcomes: { CLAIMED: 1, USERNAME_TAKEN: 11 },
      latencyMs: { p50: ms, p95: ms, p99: ms, max: ms },
      violations: [],
    }
    expect(names).toEqual([
      { name: 'race-7-1', ...round },
      { name: 'race-7-2', ...round },
    ])
    expect(code).toBe(0)
    expect(await race(...args)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('race-7-1 is taken: this seed was raced here before. Leave out --seed.'),
    })
  })

  test('says what it saw for each name', async () => {
    const { code, out } = await race('--url', `${server.url}/`, ...few)
    expect(out).toMatch(
      /^race-\w+-1 {2}CLAIMED 1, USERNAME_TAKEN 11 {2}ms: p50 \d+, p95 \d+, p99 \d+, max \d+\nrace-\w+-2 .*\n\nHolds: /,
    )
    expect(code).toBe(0)
  })

  test('gives no verdict when it is interrupted', async () => {
    const child = start('--url', server.url, '--people', '5000')
    child.stderr?.once('data', () => child.kill('SIGINT'))
    const out = child.stdout ? text(child.stdout) : ''
    const [code] = await once(child, 'close')
    expect({ code, out: await out }).toEqual({
      code: 130,
      out: '\nInterrupted after 0 of 3 names: no verdict.\n',
    })
  })
})

describe.each(engines)('the race command finds a broken server on %s', (engine) => {
  test.each([
    ['that checks, then writes', checkThenWrite, ' claims ended in UNEXPECTED'],
    ['that answers before the commit', answerBeforeCommit, ' people were told that it is theirs'],
    ['that refuses the owner', forgetTheOwner, 'asking again, its winner was told USERNAME_TAKEN'],
  ])('%s', async (_, claim, finding) => {
    const database = await openTestDatabase(engine)
    const server = await serveBroken(database, claim, { together: 12 })
    const { code, out } = await race('--url', server.url, ...few)
    await server.close()
    await database.close()
    expect(out).toContain(finding)
    expect(out).toMatch(/\nBROKEN: \d+ violations in 2 of 2 names\.\n$/)
    expect(code).toBe(1)
  })
})

describe('the race command cannot be run', () => {
  test('where nobody answers', async () => {
    const url = `http://127.0.0.1:${await freePort()}`
    const err = `\nNobody answers at ${url}. Start Dibs with "RATE_LIMITS=off npm start", or name another --url.\n`
    expect(await race('--url', url)).toEqual({ code: 2, out: '', err })
  })

  test('at a server that limits how often one may sign up', async () => {
    const place = await newPlace('embedded', { migrated: true })
    const server = await startServer({ ...settingsFor(place), LOG_LEVEL: 'warn' })
    const { code, out, err } = await race('--url', server.url, '--people', '20')
    await server.stop()
    await place.remove()
    expect(err).toContain('limits how often one may ask (429). Start it with RATE_LIMITS=off for this.')
    expect({ code, out }).toEqual({ code: 2, out: '' })
  })

  test.each([
    ['--people', '1', '--people must be a whole number from 2 to 5000, not "1".'],
    ['--people', 'many', '--people must be a whole number from 2 to 5000, not "many".'],
    ['--names', '0', '--names must be a whole number from 1 to 1000, not "0".'],
    ['--url', 'localhost', '--url must be like http://localhost:3000, not "localhost".'],
    ['--seed', '-1', "Option '--seed' argument is ambiguous"],
    ['--poeple', '3', "Unknown option '--poeple'"],
  ])('with %s %s', async (option, value, sentence) => {
    const { code, out, err } = await race(option, value)
    expect(err).toContain(sentence)
    expect({ code, out }).toEqual({ code: 2, out: '' })
  })

  test('but says how it could', async () => {
    const { code, out } = await race('--help')
    for (const option of ['people', 'names', 'url', 'concurrency', 'seed', 'json', 'help']) {
      expect(out).toContain(`--${option}`)
    }
    expect(code).toBe(0)
  })
})
