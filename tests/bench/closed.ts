import type { Arena, Station } from './arena.ts'
import { forgetPeak } from './cost/processes.ts'
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
  readonly operations: readonly Operation[]
  readonly connections: readonly number[]
  readonly contestants: readonly ContestantName[]
  readonly names: readonly number[]
  readonly rounds: number
  readonly seconds: number
  /** How long each line warms up, in seconds: what a compiler has seen little of runs slowly. */
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
  const stationOf = ({ contestant, names }: Line) => arena.station(contestants[contestant].server, names)
  const stations = new Set<Station>()
  for (const line of lines) stations.add(await stationOf(line))
  const fastest = new Map<Line, number>()
  let done = 0
  for (let round = 0; round <= options.rounds; round += 1) {
    const isWarmUp = round === 0
    if (round === 1) for (const { pid } of stations) forgetPeak(pid)
    for (const line of inTurn(lines, round)) {
      const { contestant, operation, connections, names, samples } = line
      const seconds = isWarmUp ? options.warmUp : options.seconds
      const seen = fastest.get(line)
      const load = {
        operation,
        connections,
        seconds,
        dir: arena.dir,
        ...(seen && { perSecond: 3 * seen + leastReady }),
      }
      const sample = await runWindow(await stationOf(line), contestants[contestant], load)
      fastest.set(line, Math.max(seen ?? 0, sample.perSecond))
      if (!isWarmUp) samples.push(sample)
      if (round === 1) onLine(line)
      done += 1
      const among = options.names.length > 1 ? ` among ${names} names` : ''
      options.say(
        `${done} of ${lines.length * (options.rounds + 1)}: ${operation}, ${connections} connections, ` +
          `${contestant}${among}: ${Math.round(sample.perSecond)}/s`,
      )
    }
  }
  for (const { database } of stations) await database.expectRows()
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

/** Forwards and backwards by turns. */
function inTurn(lines: readonly Line[], round: number): readonly Line[] {
  return round % 2 === 1 ? lines : lines.toReversed()
}
