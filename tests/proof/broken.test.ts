import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { newCleanup } from '../bench/cleanup.ts'
import { newSeed } from '../race/random.ts'
import { withPostgres } from '../support/database.ts'
import { readOptions } from './command/options.ts'
import { runCommand } from './command/run-command.ts'
import { resultOf } from './report/result-of.ts'
import type { Result } from './result.ts'
import { newProgress, runProof } from './run.ts'
import type { DatabaseName } from './system/system.ts'
import { type Checking, startChecking } from './verdict/checking.ts'

/** What is broken, on which database it shows, and as what. */
const broken: readonly (readonly [name: string, database: DatabaseName, as: RegExp])[] = [
  ['aliases-in-a-second-table', 'embedded', /linearizable/],
  // One session has nobody beside it who could look too early.
  ...(withPostgres ? [['acknowledge-before-commit', 'postgres', /linearizable/] as const] : []),
  ['retry-without-key', 'embedded', /linearizable/],
  ['lower-case-in-one-place', 'embedded', /linearizable/],
  ['cache-not-invalidated', 'embedded', /linearizable/],
  ['hold-not-respected', 'embedded', /linearizable/],
  ['owner-refused', 'embedded', /linearizable/],
  ['loser-told-success', 'embedded', /linearizable/],
]

let dir: string
let checking: Checking
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'dibs-broken-'))
  checking = startChecking()
})
afterAll(async () => {
  checking?.close()
  await rm(dir, { recursive: true, force: true })
})

/** Of a machine that does much else. */
const timeout = 300_000
/** In rounds so small that each is judged within a second. */
const few = ['--claims', '1000', '--calls', '100', '--people', '6', '--names', '4', '--processes', '1']
const { embedded: template } = inject('templates')
const seed = newSeed()

function argumentsFor(name: string, database: DatabaseName): string[] {
  const given = ['--implementation', name, '--database', database, '--report', join(dir, name)]
  return [...few, '--faults', 'none', '--seed', String(seed), ...given]
}

test(`check-then-write is noticed by the command (seed ${seed})`, { timeout }, async () => {
  const { code, output } = await runCommand(...argumentsFor('check-then-write', 'embedded'))
  expect({ code, output }).toMatchObject({ code: 1, output: expect.stringContaining('VIOLATED') })
  const result: Result = JSON.parse(await readFile(join(dir, 'check-then-write', 'report.json'), 'utf8'))
  expectViolated(result, /UNEXPECTED|linearizable/)
})

test.each(broken)(`%s is noticed (seed ${seed})`, { timeout }, async (name, database, as) => {
  const progress = newProgress(readOptions(argumentsFor(name, database), new Date()))
  const cleanup = newCleanup()
  onTestFinished(() => cleanup.run())
  await runProof(progress, { checking, cleanup, template })
  expectViolated(resultOf(progress, { command: '', now: new Date() }), as)
})

function expectViolated({ verdict, violations, undecided }: Result, as: RegExp): void {
  expect({ verdict, undecided }).toMatchObject({ verdict: 'violated' })
  expect(violations.join('\n')).toMatch(as)
}
