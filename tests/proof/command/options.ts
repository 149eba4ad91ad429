import { join, resolve } from 'node:path'
import { root } from '../../../server/root.ts'
import { valuesOf } from '../../race/command/arguments.ts'
import { Stop } from '../../race/command/stop.ts'
import { newSeed } from '../../race/random.ts'
import { type DatabaseName, databases } from '../system/system.ts'

export interface Options {
  readonly database: DatabaseName
  readonly processes: number
  /** How long people use the system, if no number of claims ends it. */
  readonly minutes: number
  /** How many claims end it. */
  readonly claims: number | undefined
  readonly seed: number
  /** By name, or all that there are for the database. */
  readonly faults: readonly string[] | 'all'
  /** How long nothing goes wrong between two faults, on average, in seconds. */
  readonly pause: number
  /** In a round. */
  readonly people: number
  readonly names: number
  readonly calls: number
  /** Where the report goes. */
  readonly report: string
  /** The program of a server. */
  readonly program: string
  readonly implementation: string | undefined
  readonly keepHistory: boolean
  /** The report of an earlier run, whose undecided rounds are checked once more, in place of a run. */
  readonly again: string | undefined
  readonly help: boolean
}

export const help = `Runs Dibs under load while things break, records every call, and checks that all of it was
answered as if one thing had happened after the other, and that nothing acknowledged was lost.

Usage: npm run proof -- [options]

  --database NAME      ${databases.join(', ')} (embedded)
  --processes N        servers on the database, 1 to 16 (2; embedded: 1)
  --minutes N          for how long, 0.1 to 600 (2)
  --claims N           for how many claims, in place of a time
  --seed N             decides who wants what and what breaks when; repeats an earlier run's choices
  --faults NAMES       all, none, or some of them separated by commas (all)
  --pause SECONDS      between two faults, on average, 0.1 to 600 (1.2)
  --people N           in a round, 2 to 1000 (48)
  --names N            that they contend for in a round, 1 to 2000 (40)
  --calls N            in a round, 100 to 200000 (2000); each round is checked by itself
  --implementation ID  a broken one, of tests/proof/broken, or the path of a server's program
  --report DIR         where the report goes (.proof/<date>-<database>-<seed>)
  --keep-history       keeps the histories too, which otherwise stay only of a round that is violated
  --again DIR          in place of a run: checks the rounds once more that an earlier one, whose report is there,
                       left undecided, with twenty times the budget, and writes the report anew
  --help

PostgreSQL is a server of its own that the command starts, and removes. Ctrl-C ends the run, checks and
reports what there is, and leaves nothing behind.

Exit code: 0 when it is proved, 1 when something does not hold, 2 when it could not be run, or not
be decided, 130 when it was interrupted.
`

/** @throws {Stop} that names the option which is wrong. */
export function readOptions(args: readonly string[], now: Date): Options {
  const given = parse(args)
  const database = oneOf('database', given.database ?? 'embedded', databases)
  const seed = given.seed === undefined ? newSeed() : whole('seed', given.seed, 0, 2 ** 32 - 1)
  if (given.minutes !== undefined && given.claims !== undefined)
    throw new Stop('Give --minutes or --claims, not both.')
  const date = now.toISOString().slice(0, 19).replaceAll(':', '').replace('T', '-')
  return {
    database,
    processes: whole('processes', given.processes ?? (database === 'embedded' ? '1' : '2'), 1, 16),
    minutes: decimal('minutes', given.minutes ?? '2'),
    claims: given.claims === undefined ? undefined : whole('claims', given.claims, 1, 100_000_000),
    seed,
    faults: faults(given.faults ?? 'all'),
    pause: decimal('pause', given.pause ?? '1.2'),
    people: whole('people', given.people ?? '48', 2, 1000),
    names: whole('names', given.names ?? '40', 1, 2000),
    calls: whole('calls', given.calls ?? '2000', 100, 200_000),
    report: given.report ?? join('.proof', `${date}-${database}-${seed}`),
    program: programOf(given.implementation),
    implementation: given.implementation,
    keepHistory: given['keep-history'] ?? false,
    again: given.again,
    help: given.help ?? false,
  }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(args: readonly string[]) {
  const options = {
    database: text,
    processes: text,
    minutes: text,
    claims: text,
    seed: text,
    faults: text,
    pause: text,
    people: text,
    names: text,
    calls: text,
    implementation: text,
    report: text,
    again: text,
    'keep-history': flag,
    help: flag,
  }
  return valuesOf(args, options, 'npm run proof')
}

function whole(name: string, value: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw new Stop(`--${name} must be a whole number from ${least} to ${most}, not "${value}".`)
}

function decimal(name: string, value: string): number {
  const number = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN
  if (number >= 0.1 && number <= 600) return number
  throw new Stop(`--${name} must be a number from 0.1 to 600, not "${value}".`)
}

function oneOf<T extends string>(name: string, value: string, all: readonly T[]): T {
  const found = all.find((one) => one === value)
  if (found === undefined) throw new Stop(`--${name} must be one of ${all.join(', ')}, not "${value}".`)
  return found
}

function faults(value: string): readonly string[] | 'all' {
  if (value === 'all') return value
  if (value === 'none') return []
  return value.split(',').map((one) => one.trim())
}

/** The program that is put to the test: Dibs as it was built, if no other is named. */
function programOf(implementation: string | undefined): string {
  if (implementation === undefined) return join(root, 'dist', 'server', 'main.js')
  return /[./]/.test(implementation)
    ? resolve(implementation)
    : join(import.meta.dirname, '..', 'broken', `${implementation}.ts`)
}
