import { valuesOf } from '../../race/command/arguments.ts'
import { Stop } from '../../race/command/stop.ts'
import { allOperations } from '../load/operations.ts'
import { allContestants, type ContestantName } from '../servers/contestants.ts'

/** The parts of the bench: each operation in a closed loop, and what is measured otherwise. */
export const parts = [...allOperations, 'open', 'pgbench', 'start', 'web', 'types', 'growth'] as const
export type Part = (typeof parts)[number]

export interface Options {
  readonly only: readonly Part[]
  readonly contestants: readonly ContestantName[]
  readonly connections: readonly number[]
  readonly rounds: number
  readonly seconds: number
  /** How long each warms up before the first round, in seconds; 0 for not at all. */
  readonly warmUp: number
  /** How many people have a name to begin with. */
  readonly names: number
  /** The same, for what is measured in databases of different size. */
  readonly growth: readonly number[]
  /** A directory for a CPU profile of each server. */
  readonly profile: string | undefined
  readonly json: boolean
  readonly save: boolean
  readonly help: boolean
}

export const help = `What claims cost through Dibs and through others, in one interleaved run, on a PostgreSQL
server that it starts for itself.

Usage: npm run bench -- [options]

  --quick              under two minutes: fewer contestants, connections and rounds
  --only PARTS         of ${parts.join(', ')}
                       (all but growth, unless it is asked for)
  --contestants NAMES  of ${allContestants.join(', ')}
  --connections N,…    how many are kept busy (1,16,64)
  --rounds N           1 to 99 (5)
  --seconds N          how long each is measured in a round, 1 or 2 (2); at fixed rates twice as long
  --warm-up N          how long each warms up before, 1 to 8 (8), and on until it answered 5000 requests;
                       0 for not at all
  --names N            how many names are taken to begin with (10k)
  --growth N,…         measures claims among so many names too (10k,1M,10M)
  --profile DIR        writes a CPU profile of each server there, which costs some of its speed
  --json               prints one JSON object in place of the tables
  --save               writes the results and their chart into tests/bench/results, and the table of the README
  --help

PARTS, NAMES and numbers of connections are separated by commas. Ctrl-C stops it and leaves nothing behind.

Exit code: 0 when every goal that was measured is met, 1 when one is missed or Dibs answered a 5xx,
2 when it could not be run, 130 when it was interrupted.
`

const quickParts: readonly Part[] = ['win', 'lose']
const quickContestants: readonly ContestantName[] = ['dibs', 'by-hand', 'stock', 'seed']
const millions = 1_000_000

/** @throws {Stop} that names the option which is wrong. */
export function readOptions(args: readonly string[]): Options {
  const given = parse(args)
  if (given.save && given['warm-up'] === '0') throw new Stop('--save needs a warm-up of 1 second at least.')
  const quick = given.quick ?? false
  const growth = numbers('growth', given.growth, 1000, 10 * millions)
  const usual = parts.filter((part) => part !== 'growth' || growth !== undefined)
  return {
    only: listed('only', given.only, parts) ?? (quick ? quickParts : usual),
    contestants:
      listed('contestants', given.contestants, allContestants) ?? (quick ? quickContestants : allContestants),
    connections: numbers('connections', given.connections, 1, 1000) ?? (quick ? [1, 64] : [1, 16, 64]),
    rounds: number('rounds', given.rounds ?? (quick ? '3' : '5'), 1, 99),
    seconds: number('seconds', given.seconds ?? (quick ? '1' : '2'), 1, 2),
    warmUp: number('warm-up', given['warm-up'] ?? (quick ? '1' : '8'), 0, 8),
    names: number('names', given.names ?? '10k', 1000, 10 * millions),
    growth: growth ?? [10_000, millions, 10 * millions],
    profile: given.profile,
    json: given.json ?? false,
    save: given.save ?? false,
    help: given.help ?? false,
  }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(args: readonly string[]) {
  const options = {
    quick: flag,
    only: text,
    contestants: text,
    connections: text,
    rounds: text,
    seconds: text,
    'warm-up': text,
    names: text,
    growth: text,
    profile: text,
    json: flag,
    save: flag,
    help: flag,
  }
  return valuesOf(args, options, 'npm run bench')
}

/** A whole number, also as 10k or 1M. */
function number(name: string, value: string, least: number, most: number): number {
  const [, digits, unit = ''] = value.match(/^(\d+)([kM]?)$/) ?? []
  const found = digits === undefined ? Number.NaN : Number(digits) * ({ k: 1000, M: millions }[unit] ?? 1)
  if (found >= least && found <= most) return found
  throw new Stop(`--${name} must be a whole number from ${least} to ${most}, not "${value}".`)
}

function numbers(name: string, value: string | undefined, least: number, most: number): number[] | undefined {
  return value?.split(',').map((one) => number(name, one, least, most))
}

/** In the order of all there are, whatever order they are named in. */
function listed<T extends string>(
  name: string,
  value: string | undefined,
  all: readonly T[],
): T[] | undefined {
  if (value === undefined) return undefined
  const named = value.split(',')
  const unknown = named.find((one) => !all.some((known) => known === one))
  if (unknown !== undefined) throw new Stop(`--${name} must be of ${all.join(', ')}, not "${unknown}".`)
  return all.filter((known) => named.includes(known))
}
