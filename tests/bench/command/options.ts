import { parseArgs } from 'node:util'
import { Stop } from '../../race/command/stop.ts'
import { type Operation, operations } from '../load/operations.ts'
import { type ContestantName, contestants } from '../servers/contestants.ts'

/** The parts of the bench, in the order in which they run. */
export const parts = [...(Object.keys(operations) as Operation[])] as const
export type Part = (typeof parts)[number]

export interface Options {
  readonly only: readonly Part[]
  readonly contestants: readonly ContestantName[]
  readonly connections: readonly number[]
  readonly rounds: number
  readonly seconds: number
  /** How many people have a name to begin with. */
  readonly names: number
  /** A directory for a CPU profile of each server. */
  readonly profile: string | undefined
  readonly json: boolean
  readonly help: boolean
}

export const help = `What claims cost through Dibs and through others, in one interleaved run on a PostgreSQL
server that it starts for itself.

Usage: npm run bench -- [options]

  --quick             under two minutes: fewer contestants, connections and rounds
  --only PARTS        of ${parts.join(', ')}
  --contestants NAMES of ${Object.keys(contestants).join(', ')}
  --connections N,…   how many connections are kept busy (1,16,64)
  --rounds N          1 to 99 (5)
  --seconds N         how long each is measured in a round, 1 to 60 (2)
  --names N           how many names are taken to begin with, 1000 to 1000000 (10000)
  --profile DIR       writes a CPU profile of each server there, which costs some of its speed
  --json              prints one JSON object in place of the tables
  --help

Exit code: 0, or 1 when a goal is missed, or 2 when it could not be run, or 130 when it was interrupted.
`

const everything = Object.keys(contestants) as ContestantName[]
const quickly: readonly ContestantName[] = ['dibs', 'by-hand', 'stock', 'seed']

/** @throws {Stop} that names the option which is wrong. */
export function readOptions(args: readonly string[]): Options {
  const given = parse(args)
  const quick = given.quick ?? false
  return {
    only: listed('only', given.only, parts) ?? (quick ? ['win', 'lose'] : parts),
    contestants: listed('contestants', given.contestants, everything) ?? (quick ? quickly : everything),
    connections: numbers('connections', given.connections, 1, 1000) ?? (quick ? [1, 64] : [1, 16, 64]),
    rounds: whole('rounds', given.rounds ?? (quick ? '3' : '5'), 1, 99),
    seconds: whole('seconds', given.seconds ?? (quick ? '1' : '2'), 1, 60),
    names: whole('names', given.names ?? '10000', 1000, 1_000_000),
    profile: given.profile,
    json: given.json ?? false,
    help: given.help ?? false,
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: flag,
        only: text,
        contestants: text,
        connections: text,
        rounds: text,
        seconds: text,
        names: text,
        profile: text,
        json: flag,
        help: flag,
      },
    }).values
  } catch (error) {
    const [sentence] = (error instanceof Error ? error.message : String(error)).split('. ')
    throw new Stop(`${sentence}. "npm run bench -- --help" lists the options.`)
  }
}

function whole(name: string, value: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw new Stop(`--${name} must be a whole number from ${least} to ${most}, not "${value}".`)
}

function numbers(name: string, value: string | undefined, least: number, most: number): number[] | undefined {
  return value?.split(',').map((one) => whole(name, one, least, most))
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
