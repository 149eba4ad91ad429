import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { newCleanup } from '../bench/cleanup.ts'
import { withPostgres } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import { readOptions } from './command/options.ts'
import { runCommand } from './command/run-command.ts'
import { faultsFor } from './faults/chosen.ts'
import { resultOf } from './report/result-of.ts'
import { writeReport } from './report/write.ts'
import type { Result } from './result.ts'
import { newProgress, runProof } from './run.ts'
import type { DatabaseName } from './system/system.ts'
import { checkAgain } from './verdict/again.ts'
import { type Checking, startChecking } from './verdict/checking.ts'
import { budgetRanOut, historyOf, maxSteps } from './verdict/rounds.ts'

/** Of a machine that does much else. */
const timeout = 300_000

const cleanup = newCleanup()
let dir: string
let checking: Checking
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dibs-proof-'))
  cleanup.add(() => rm(dir, { recursive: true, force: true }))
  checking = startChecking()
  cleanup.add(async () => checking.close())
})
afterAll(() => cleanup.run())

/** In rounds so small that each is decided within seconds, however much is unknown. */
const small = ['--calls', '500', '--people', '16', '--names', '20', '--seed', '7', '--keep-history']
/** Far more claims than are made until each fault has happened. */
const most = ['--claims', '30000', '--pause', '0.3']

/** Runs the proof until each of these faults has happened, and writes its report. */
async function prove(database: DatabaseName, faults: readonly string[]): Promise<Result> {
  const report = reportOn(database)
  const given = ['--database', database, '--faults', faults.join(), '--report', report]
  const progress = newProgress(readOptions([...small, ...most, ...given], new Date()))
  await runProof(progress, {
    checking,
    cleanup,
    template: inject('templates').embedded,
    isEnough: ({ schedule }) =>
      faults.every((fault) => schedule?.happened.some(({ name }) => name === fault) === true),
  })
  const result = resultOf(progress, { command: 'npm run proof', now: new Date() })
  await writeReport(report, result)
  return result
}

function reportOn(database: DatabaseName): string {
  return join(dir, database)
}

function expectProved(result: Result, faults: readonly string[]): void {
  expect(result).toMatchObject({ verdict: 'proved', violations: [], undecided: [] })
  expect(result.outcomes.UNEXPECTED).toBeUndefined()
  expect(result.acknowledgedClaims).toBeGreaterThan(0)
  expect(new Set(result.faults.map(({ name }) => name))).toEqual(new Set(faults))
  expect(result.faults.filter(({ isFailed }) => isFailed)).toEqual([])
}

describe('a short run on the embedded database', () => {
  const faults = ['server-killed', 'connections-reset']
  let result: Result
  beforeAll(async () => {
    result = await prove('embedded', faults)
  })

  test('is proved, with each fault', async () => {
    expectProved(result, faults)
    expect(await readFile(join(reportOn('embedded'), 'report.md'), 'utf8')).toMatch(/^# Proved: /)
  })

  test('with one answer forged is violated, and drawn', async () => {
    const history = await readFile(join(reportOn('embedded'), 'history-0.jsonl'), 'utf8')
    const lines = history.trim().split('\n')
    const at = lines.findIndex((line) => /claimUsername.*"kind":"OK"/.test(line))
    const call = JSON.parse(lines[at] ?? '')
    // A name that nobody ever claimed: no call of unknown outcome explains it.
    const replaced = { previous: 'nobodys-name', previousHeldUntil: '2027-01-01T00:00:00.000Z' }
    const outcome = { kind: 'OK', answer: { ...call.outcome.answer, ...replaced } }
    const file = join(dir, 'forged.jsonl')
    const picture = join(dir, 'forged.html')
    await writeFile(file, `${lines.with(at, JSON.stringify({ ...call, outcome })).join('\n')}\n`)
    const rules = { ...usualRules, renames: null }
    const checked = await checking.check({ file, title: 'forged', rules, maxSteps, faults: [], picture })
    expect(checked.verdict).toBe('violated')
    expect(checked.explanations.join()).not.toBe('')
    expect(await readFile(picture, 'utf8')).toContain(replaced.previous)
  })

  test('left undecided is decided again', async () => {
    const [first, ...others] = result.rounds
    if (first === undefined) throw new Error('there was no round')
    const report = join(dir, 'undecided')
    await mkdir(report)
    await cp(historyOf(reportOn('embedded'), first.number), historyOf(report, first.number))
    const before: Result = {
      ...result,
      verdict: 'undecided',
      undecided: [budgetRanOut(first.number)],
      rounds: [{ ...first, verdict: 'undecided', judged: 0 }, ...others],
    }
    await writeReport(report, before)
    const again = await checkAgain({ dir: report, command: 'once more', keepHistory: false }, checking)
    expect(again).toMatchObject({ verdict: 'proved', undecided: [], command: 'npm run proof; once more' })
    expect(again.rounds[0]).toMatchObject({ verdict: 'linearizable', judged: first.judged })
    expect(JSON.parse(await readFile(join(report, 'report.json'), 'utf8'))).toEqual(again)
  })
})

test.runIf(withPostgres)('a short run on PostgreSQL is proved, with each fault', { timeout }, async () => {
  const faults = ['server-killed', 'postgres-killed', 'connections-reset', 'reset-after-commit']
  expectProved(await prove('postgres', faults), faults)
})

test.each([
  [['--pause', '0'], '--pause must be a number from 0.1 to 600, not "0".'],
  [['--minutes', 'soon'], '--minutes must be a number from 0.1 to 600, not "soon".'],
  [['--database', 'oracle'], '--database must be one of embedded, postgres, patroni, not "oracle".'],
  [['--minutes', '1', '--claims', '5'], 'Give --minutes or --claims, not both.'],
])('%j is refused with a sentence', (args, sentence) => {
  expect(() => readOptions(args, new Date())).toThrow(sentence)
})

test('a fault that there is not is refused with those that there are', () => {
  expect(() => faultsFor('embedded', ['flood'])).toThrow(
    /--faults must be of .*server-killed.* with --database embedded, not "flood"\./,
  )
})

test('an implementation that there is not is refused with where it was looked for', async () => {
  const progress = newProgress(readOptions(['--implementation', 'perfect'], new Date()))
  await expect(runProof(progress, { checking, cleanup })).rejects.toThrow(
    /There is no server's program at .*perfect\.ts\./,
  )
})

test('the command ends with 2 and a sentence where it cannot be run', async () => {
  const { code, output } = await runCommand('--again', 'nowhere')
  expect(output).toContain('There is no report.json in nowhere.')
  expect(code).toBe(2)
})
