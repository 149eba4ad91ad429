import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { root } from '../../server/root.ts'
import { engines, newPlace, openTestDatabase, type Place } from '../support/database.ts'
import { freePort, type ServerProcess, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'
import { answerBeforeCommit } from './broken/answer-before-commit.ts'
import { checkThenWrite } from './broken/check-then-write.ts'
import { forgetTheOwner } from './broken/forget-the-owner.ts'
import { serveBroken } from './broken/serve.ts'
import { readOptions } from './command/options.ts'
import { signUp } from './command/people.ts'
import { resultOf, roundLine, verdictLines } from './command/report.ts'
import type { Round } from './command/round.ts'

/** Starts `npm run race`, which ends with the test at the latest. */
function start(...args: string[]): ChildProcess {
  const command = ['--import', 'tsx', join(root, 'tests', 'race', 'main.ts'), ...args]
  const child = spawn(process.execPath, command, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
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

/** Of a server that keeps its data there. */
const settingsFor = (place: Place) => ({ ...settingsOf(place), AUTH_SECRET: authSecret })

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

  test('finds that all holds, and says what it saw for each name', async () => {
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
    // The same for a terminal.
    const rounds: Round[] = names
    expect(rounds.map(roundLine).join('')).toMatch(
      /^race-7-1 {2}CLAIMED 1, USERNAME_TAKEN 11 {2}ms: p50 \d+, p95 \d+, p99 \d+, max \d+\nrace-7-2 .*\n$/,
    )
    expect(verdictLines(resultOf(readOptions(args), rounds))).toMatch(/^\nHolds: for each of 2 names, /)
  })

  // What is the same on any engine is looked at on one.
  if (engine !== 'embedded') return

  test('refuses names that were raced for before', async () => {
    const [somebody] = await signUp({ url: server.url, people: 1, concurrency: 1 }, () => {})
    await somebody?.dibs.profile.claimUsername.mutate({ username: 'race-8-1' })
    expect(await race('--url', server.url, '--seed', '8')).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('race-8-1 is taken: this seed was raced here before. Leave out --seed.'),
    })
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

describe('the race command finds a broken server', () => {
  test.each([
    ['that checks, then writes', checkThenWrite, ' claims ended in UNEXPECTED'],
    ['that answers before the commit', answerBeforeCommit, ' people were told that it is theirs'],
    ['that refuses the owner', forgetTheOwner, 'asking again, its winner was told USERNAME_TAKEN'],
  ])('%s', async (_, claim, finding) => {
    const database = await openTestDatabase('embedded')
    onTestFinished(() => database.close())
    const server = await serveBroken(database, claim, { together: 12 })
    onTestFinished(() => server.close())
    const { code, out } = await race('--url', server.url, ...few)
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
    onTestFinished(() => place.remove())
    const server = await startServer({ ...settingsFor(place), LOG_LEVEL: 'warn' })
    onTestFinished(() => server.kill())
    const { code, out, err } = await race('--url', server.url, '--people', '20')
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
  ])('with %s %s', (option, value, sentence) => {
    expect(() => readOptions([option, value])).toThrow(sentence)
  })

  test('but says how it could', async () => {
    const { code, out } = await race('--help')
    for (const option of ['people', 'names', 'url', 'concurrency', 'seed', 'json', 'help']) {
      expect(out).toContain(`--${option}`)
    }
    expect(code).toBe(0)
  })
})
