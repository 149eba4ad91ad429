import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../../server/root.ts'
import { withPostgres } from '../support/database.ts'
import { usualRules } from '../support/rules.ts'
import type { Result } from './result.ts'
import { startChecking } from './verdict/checking.ts'
import { budgetRanOut, maxSteps } from './verdict/rounds.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dibs-proof-'))
})
afterAll(() => rm(dir, { recursive: true, force: true }))

/** Runs the command with a report of its own. Answers its exit code and all it wrote. */
function proof(...args: string[]): Promise<{ code: number | null; output: string }> {
  const command = ['--import', 'tsx', 'tests/proof/main.ts', ...args]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, command, { cwd: root }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode, output: `${stdout}${stderr}` }),
    )
  })
}

/** In rounds so small that each is decided within seconds, also on a busy machine and however much is unknown. */
const short = ['--minutes', '0.3', '--calls', '500', '--seed', '7', '--keep-history']

async function resultIn(report: string): Promise<Result> {
  return JSON.parse(await readFile(join(report, 'report.json'), 'utf8'))
}

describe.each([
  ['embedded', 'server-killed,connections-reset'],
  ...(withPostgres
    ? [['postgres', 'server-killed,postgres-killed,connections-reset,reset-after-commit']]
    : []),
])('a short run on %s', (database = '', faults = '') => {
  test('is proved, with faults', { timeout: 300_000 }, async () => {
    const report = join(dir, database)
    const { code, output } = await proof(
      '--database',
      database,
      '--faults',
      faults,
      '--report',
      report,
      ...short,
    )
    expect({ code, output }).toMatchObject({ code: 0 })
    const result = await resultIn(report)
    expect(result).toMatchObject({ verdict: 'proved', violations: [], undecided: [] })
    expect(result.outcomes.UNEXPECTED).toBeUndefined()
    expect(Math.min(result.acknowledgedClaims, result.faults.length)).toBeGreaterThan(0)
    expect(await readFile(join(report, 'report.md'), 'utf8')).toMatch(/^# Proved: /)
  })
})

test('a history in which one answer is forged is violated, and drawn', { timeout: 300_000 }, async () => {
  const lines = (await readFile(join(dir, 'embedded', 'history-0.jsonl'), 'utf8')).trim().split('\n')
  const at = lines.findIndex((line) => /claimUsername.*"kind":"OK"/.test(line))
  const call = JSON.parse(lines[at] ?? '')
  // A name that nobody ever claimed: no call of unknown outcome explains it.
  const replaced = { previous: 'nobodys-name', previousHeldUntil: '2027-01-01T00:00:00.000Z' }
  const outcome = { kind: 'OK', answer: { ...call.outcome.answer, ...replaced } }
  const file = join(dir, 'forged.jsonl')
  const picture = join(dir, 'forged.html')
  await writeFile(file, `${lines.with(at, JSON.stringify({ ...call, outcome })).join('\n')}\n`)
  const checking = startChecking()
  try {
    const rules = { ...usualRules, renames: null }
    const checked = await checking.check({ file, title: 'forged', rules, maxSteps, faults: [], picture })
    expect(checked.verdict).toBe('violated')
    expect(checked.explanations.join()).not.toBe('')
    expect(await readFile(picture, 'utf8')).toContain(replaced.previous)
  } finally {
    checking.close()
  }
})

test('what a run left undecided is decided again', { timeout: 300_000 }, async () => {
  const report = join(dir, 'embedded')
  const before = await resultIn(report)
  const [first, ...others] = before.rounds
  await writeFile(
    join(report, 'report.json'),
    JSON.stringify({
      ...before,
      verdict: 'undecided',
      undecided: [budgetRanOut(0)],
      rounds: [{ ...first, verdict: 'undecided', judged: 0 }, ...others],
    }),
  )
  const { code, output } = await proof('--again', report)
  expect({ code, output }).toMatchObject({ code: 0 })
  const { verdict, undecided, rounds, command } = await resultIn(report)
  expect({ verdict, undecided }).toEqual({ verdict: 'proved', undecided: [] })
  expect(rounds[0]).toMatchObject({ verdict: 'linearizable', judged: first?.judged })
  expect(command).toContain('; npm run proof -- --again')
})

test.each([
  [['--again', 'nowhere'], 'There is no report.json in nowhere.'],
  [['--pause', '0'], '--pause must be a number from 0.1 to 600, not "0".'],
  [['--minutes', 'soon'], '--minutes must be a number from 0.1 to 600, not "soon".'],
  [['--database', 'oracle'], '--database must be one of embedded, postgres, patroni, not "oracle".'],
  [['--faults', 'flood'], /--faults must be of .*server-killed.* with --database embedded, not "flood"\./],
  [['--implementation', 'perfect'], /There is no server's program at .*perfect\.ts\./],
  [['--minutes', '1', '--claims', '5'], 'Give --minutes or --claims, not both.'],
])('%j is refused with a sentence', async (args, sentence) => {
  const { code, output } = await proof(...args, '--report', join(dir, 'refused'))
  expect(code).toBe(2)
  expect(output).toMatch(sentence)
})
