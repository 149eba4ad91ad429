import { cpus, totalmem } from 'node:os'
import { type Arena, openArena } from './arena.ts'
import type { Cleanup } from './cleanup.ts'
import { measureClosed } from './closed.ts'
import type { Options, Part } from './command/options.ts'
import { allOperations } from './load/operations.ts'
import { measureOpen } from './open.ts'
import { measurePgbench } from './pgbench.ts'
import type { Measurements, Results, Setting } from './results.ts'
import { measureStart } from './start.ts'
import { measureTypes } from './types.ts'
import { measureWeb } from './web.ts'

/** How often what takes seconds is repeated. */
const repeats = 7

/** Those who are compared in databases of different size, and how. */
const growing = {
  operations: ['win', 'lose'],
  contestants: ['dibs', 'by-hand'],
  connections: [16],
} as const

/** Measures all that is asked for, one after the other. */
export async function runBench(
  options: Options,
  { command, say, cleanup }: { command: string; say: (line: string) => void; cleanup: Cleanup },
): Promise<Results> {
  const { only, contestants, connections, names, rounds, seconds, warmUp, growth, profile } = options
  const asked = new Set<Part>(only)
  const operations = allOperations.filter((operation) => asked.has(operation))
  const common = { rounds, seconds, warmUp, say }
  const needsArena = operations.length > 0 || only.some((part) => onArena.has(part))
  const arena = needsArena ? await openArena({ profile, say }, cleanup) : undefined
  const measured: { -readonly [M in keyof Measurements]?: Measurements[M] } = {}
  if (arena !== undefined) {
    if (operations.length > 0) {
      const closed = { ...common, operations, contestants, connections, names: [names] }
      measured.closed = await measureClosed(arena, closed)
    }
    if (asked.has('open')) measured.open = await measureOpen(arena, { ...common, names })
    if (asked.has('pgbench'))
      measured.pgbench = await measurePgbench(arena, { ...common, names, connections })
    if (asked.has('growth')) {
      measured.growth = await measureClosed(arena, { ...common, ...growing, names: growth })
    }
  }
  if (asked.has('start')) measured.start = await measureStart({ starts: repeats, say }, cleanup)
  if (asked.has('web')) measured.web = await measureWeb({ visits: repeats, say }, cleanup)
  if (asked.has('types')) measured.types = await measureTypes({ say }, cleanup)
  const setting = settingOf(command, arena)
  return { ...measured, settings: Object.fromEntries(Object.keys(measured).map((part) => [part, setting])) }
}

const onArena: ReadonlySet<Part> = new Set(['open', 'pgbench', 'growth'])

function settingOf(command: string, arena: Arena | undefined): Setting {
  const [cpu] = cpus()
  const postgres = arena === undefined ? '' : `, PostgreSQL ${arena.version} with fsync`
  return {
    at: new Date().toISOString(),
    command,
    machine: `${cpus().length} cores of an ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    versions: `Node ${process.versions.node}${postgres}`,
  }
}
