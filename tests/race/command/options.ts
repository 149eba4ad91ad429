import { newSeed } from '../random.ts'
import { valuesOf } from './arguments.ts'
import { Stop } from './stop.ts'

export interface Options {
  readonly url: string
  readonly people: number
  readonly names: number
  /** Decides the names and who types which capitals. */
  readonly seed: number
  /** How many sign-ups are under way at a time. */
  readonly concurrency: number
  readonly json: boolean
  readonly help: boolean
}

export const help = `Many people claim one name at the same moment, on a running Dibs. Then it is checked
that each name has exactly one owner and that everybody else was told so.

Usage: npm run race -- [options]

  --people N       how many people claim each name, 2 to 5000 (100)
  --names N        how many names they claim, one after the other, 1 to 1000 (3)
  --url URL        where Dibs is (http://localhost:3000)
  --concurrency N  how many of them sign up at a time, 1 to 100 (4)
  --seed N         repeats the names and capitals of an earlier run, on another database
  --json           prints one JSON object in place of the report
  --help

The server must run with RATE_LIMITS=off. The people and names stay in its database.

Exit code: 0 when all holds, 1 when something does not, 2 when the race could not be run,
130 when it was interrupted.
`

/** @throws {Stop} that names the option which is wrong. */
export function readOptions(args: readonly string[]): Options {
  const given = parse(args)
  return {
    url: readUrl(given.url ?? 'http://localhost:3000'),
    people: whole('people', given.people ?? '100', 2, 5000),
    names: whole('names', given.names ?? '3', 1, 1000),
    seed: given.seed === undefined ? newSeed() : whole('seed', given.seed, 0, 2 ** 32 - 1),
    concurrency: whole('concurrency', given.concurrency ?? '4', 1, 100),
    json: given.json ?? false,
    help: given.help ?? false,
  }
}

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const

function parse(args: readonly string[]) {
  const options = {
    url: text,
    people: text,
    names: text,
    seed: text,
    concurrency: text,
    json: flag,
    help: flag,
  }
  return valuesOf(args, options, 'npm run race')
}

function whole(name: string, value: string, least: number, most: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
  if (number >= least && number <= most) return number
  throw new Stop(`--${name} must be a whole number from ${least} to ${most}, not "${value}".`)
}

function readUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '')
  throw new Stop(`--url must be like http://localhost:3000, not "${value}".`)
}
