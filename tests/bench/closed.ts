import type { Arena } from './arena.ts'
import { forgetPeak } from './cost/processes.ts'
import type { Operation } from './load/operations.ts'
import { type Contestant, type ContestantName, contestants } from './servers/contestants.ts'
import { runWindow, type Sample } from './window.ts'

/** One line of the table: what a contestant did in each round. */
export interface Line {
  readonly operation: Operation
  readonly connections: number
  readonly contestant: ContestantName
  readonly samples: Sample[]
}

export interface ClosedOptions {
  readonly operations: readonly Operation[]
  readonly connections: readonly number[]
  readonly contestants: readonly ContestantName[]
  readonly rounds: number
  readonly seconds: number
  readonly onWindow: (what: string) => void
}

/** How long each line warms up: a compiler that has seen little of a server runs it slowly. */
const warmUpSeconds = 3
/** Winners a second to be ready for before a contestant was seen. */
const unseen = 15_000

/**
 * Measures the peak: contestants take turns within each round, in opposite order in every second
 * one, so that what drifts meets all of them alike. A round before the first warms up.
 */
export async function measureClosed(arena: Arena, options: ClosedOptions): Promise<Line[]> {
  const lines = linesOf(options)
  const servers = new Set(lines.map(({ contestant }) => contestants[contestant].server))
  for (let round = 0; round <= options.rounds; round += 1) {
    const isWarmUp = round === 0
    if (round === 1) for (const server of servers) forgetPeak(arena.running(server).pid)
    for (const line of inTurn(lines, round)) {
      const { contestant, operation, connections, samples } = line
      const sample = await runWindow(arena, contestants[contestant] as Contestant, {
        operation,
        connections,
        seconds: isWarmUp ? Math.max(warmUpSeconds, options.seconds) : options.seconds,
        mostPerSecond: unseen,
      })
      if (!isWarmUp) samples.push(sample)
      const rate = Math.round(sample.perSecond)
      options.onWindow(`${operation}, ${connections} connections, ${contestant}: ${rate}/s`)
    }
  }
  return lines
}

export function windowsOf(options: Omit<ClosedOptions, 'onWindow'>): number {
  return linesOf(options).length * (options.rounds + 1)
}

function linesOf(options: Omit<ClosedOptions, 'onWindow'>): Line[] {
  return options.operations.flatMap((operation) =>
    options.connections.flatMap((connections) =>
      options.contestants
        .filter((name) => (contestants[name] as Contestant).asks[operation] !== undefined)
        .map((contestant) => ({ operation, connections, contestant, samples: [] })),
    ),
  )
}

/** The lines of each operation and number of connections stay together; within them the order turns round. */
function inTurn(lines: readonly Line[], round: number): Line[] {
  if (round % 2 === 1) return [...lines]
  return lines.toReversed()
}
