import type { Arena, Purpose, Station } from './arena.ts'
import type { Operation } from './load/operations.ts'
import { type ContestantName, contestants, whoCan } from './servers/contestants.ts'
import { runWindow, type Sample } from './window.ts'

/** One line of the tables: what a contestant did in each round. */
export interface Line {
  readonly operation: Operation
  readonly connections: number
  readonly contestant: ContestantName
  /** How many people had a name to begin with. */
  readonly names: number
  readonly samples: Sample[]
}

export interface ClosedOptions {
  readonly purpose: Purpose
  readonly operations: readonly Operation[]
  readonly connections: readonly number[]
  readonly contestants: readonly ContestantName[]
  readonly names: readonly number[]
  readonly rounds: number
  readonly seconds: number
  /** For how many seconds each line warms up, maybe none: what a compiler has seen little of runs slowly. */
  readonly warmUp: number
  readonly say: (line: string) => void
}

/** New claims a second to be ready for, even from the slowest on a busy machine. */
const leastReady = 8000

/**
 * Measures the peak: contestants take turns within each round, in opposite order in every second
 * one, so that what drifts meets all of them alike. A round before the first warms up.
 *
 * @param onLine is given each line when something of it is measured; further rounds are added to it
 */
export async function measureClosed(
  arena: Arena,
  options: ClosedOptions,
  onLine: (line: Line) => void,
): Promise<void> {
  const lines = linesOf(options)
  const stationOf = ({ contestant, names }: Line) =>
    arena.station(contestants[contestant].server, names, options.purpose)
  const stations = new Set<Station>()
  for (const line of lines) stations.add(await stationOf(line))
  for (const { database } of stations) await database.warm()
  const fastest = new Map<Line, number>()

  async function run(line: Line, seconds: number): Promise<Sample> {
    const { contestant, operation, connections } = line
    const seen = fastest.get(line)
    const perSecond = seen && 3 * seen + leastReady
    const load = { operation, connections, seconds, dir: arena.dir, ...(perSecond && { perSecond }) }
    const sample = await runWindow(await stationOf(line), contestants[contestant], load)
    fastest.set(line, Math.max(seen ?? 0, sample.perSecond))
    return sample
  }

  const isWarm = options.warmUp > 0
  if (isWarm) await warmUp(lines, options, run)
  let done = 0
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const line of round % 2 === 1 ? lines : lines.toReversed()) {
      // While others had their turns, pools let go of idle connections.
      if (isWarm) await run(line, 1)
      const sample = await run(line, options.seconds)
      line.samples.push(sample)
      if (round === 1) onLine(line)
      done += 1
      options.say(
        `${done} of ${lines.length * options.rounds}: ${said(line)}: ${Math.round(sample.perSecond)}/s`,
      )
    }
  }
  for (const { database } of stations) await database.expectRows()
}

/** What a compiler has seen fewer requests of runs slowly, but there is an end to waiting. */
const warmRequests = 5000
const mostWarmUps = 5
/** At a time, in seconds: requests are made before, and the passes in them are good for ten. */
const warmUpWindow = 2

/** Lets each server answer thousands of requests of each kind, with the most connections first. */
async function warmUp(
  lines: readonly Line[],
  { warmUp: seconds, say }: ClosedOptions,
  run: (line: Line, seconds: number) => Promise<Sample>,
): Promise<void> {
  const warm = new Set<string>()
  for (const line of lines.toReversed()) {
    const kind = `${line.contestant} ${line.operation} ${line.names}`
    const [least, most] = warm.has(kind) ? [1, 1] : [seconds, mostWarmUps * seconds]
    let requests = 0
    for (let spent = 0; spent < least || (spent < most && requests < warmRequests); ) {
      const window = Math.min(warmUpWindow, Math.max(1, least - spent))
      requests += (await run(line, window)).requests
      spent += window
    }
    warm.add(kind)
    say(`warmed up: ${said(line)}`)
  }
}

function said({ operation, connections, contestant, names }: Line): string {
  const many = connections === 1 ? '1 connection' : `${connections} connections`
  return `${operation}, ${many}, ${contestant}, ${names.toLocaleString('en')} names`
}

function linesOf({ operations, connections, contestants, names }: ClosedOptions): Line[] {
  return operations.flatMap((operation) =>
    connections
      // Nobody races alone.
      .filter((many) => operation !== 'race' || many > 1)
      .flatMap((many) =>
        whoCan(operation, contestants).flatMap((contestant) =>
          names.map((some) => ({ operation, connections: many, contestant, names: some, samples: [] })),
        ),
      ),
  )
}
