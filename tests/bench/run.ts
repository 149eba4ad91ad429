import { spawnSync } from 'node:child_process'
import { cpus, totalmem } from 'node:os'
import { root } from '../../server/root.ts'
import { type Arena, openArena } from './arena.ts'
import type { Cleanup } from './cleanup.ts'
import { type ClosedOptions, type Line, measureClosed } from './closed.ts'
import type { Options, Part } from './command/options.ts'
import { allOperations } from './load/operations.ts'
import { measureOpen } from './open.ts'
import { measurePgbench } from './pgbench.ts'
import type { Measurements, Results, Setting } from './results.ts'
import { measureStart } from './start.ts'
import { measureTypes } from './type-checking.ts'
import { measureWeb } from './web.ts'

/** How often what takes seconds is repeated. */
const repeats = 7

/** Those who are compared in databases of different size, and how. */
const growing = {
  purpose: 'growth',
  operations: ['win', 'lose'],
  contestants: ['dibs', 'by-hand'],
  connections: [16],
} as const

export interface RunOptions {
  readonly command: string
  readonly say: (line: string) => void
  readonly cleanup: Cleanup
}

/** Measures all that is asked for, one after the other. What is done is in `results`, also when it ends early. */
export async function runBench(
  { only, contestants, connections, names, rounds, seconds, warmUp, growth, profile }: Options,
  results: Results,
  { command, say, cleanup }: RunOptions,
): Promise<void> {
  const asked = new Set<Part>(only)
  const operations = allOperations.filter((operation) => asked.has(operation))
  const common = { rounds, seconds, warmUp, say }
  const needsArena = operations.length > 0 || only.some((part) => onArena.has(part))
  const arena = needsArena ? await openArena({ profile, say }, cleanup) : undefined
  const setting = settingOf(command, arena)

  function keep<M extends keyof Measurements>(part: M, measured: Measurements[M]): void {
    Object.assign(results, { [part]: measured })
    results.settings[part] = setting
  }
  async function closed(part: 'closed' | 'growth', onArena: Arena, options: ClosedOptions): Promise<void> {
    const lines: Line[] = []
    await measureClosed(onArena, options, (line) => {
      lines.push(line)
      keep(part, lines)
    })
  }

  if (arena !== undefined) {
    if (operations.length > 0) {
      await closed('closed', arena, {
        ...common,
        purpose: 'claims',
        operations,
        contestants,
        connections,
        names: [names],
      })
    }
    if (asked.has('open')) keep('open', await measureOpen(arena, { ...common, names }))
    if (asked.has('pgbench')) {
      keep('pgbench', await measurePgbench(arena, { ...common, names, connections }))
    }
    if (asked.has('growth')) await closed('growth', arena, { ...common, ...growing, names: growth })
  }
  if (asked.has('start')) keep('start', await measureStart({ starts: repeats, say }, cleanup))
  if (asked.has('web')) keep('web', await measureWeb({ visits: repeats, say }, cleanup))
  if (asked.has('types')) keep('types', await measureTypes({ say }, cleanup))
}

const onArena: ReadonlySet<Part> = new Set(['open', 'pgbench', 'growth'])

/** What is measured, as git calls it; "-dirty" with changes that it doesn't have. In a mere copy it can't tell. */
function commit(): string {
  const words = ['describe', '--always', '--dirty', '--exclude', '*']
  const { status, stdout } = spawnSync('git', words, { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : 'without git'
}

function settingOf(command: string, arena: Arena | undefined): Setting {
  const [cpu] = cpus()
  const postgres = arena === undefined ? '' : `, ${arena.postgres}`
  return {
    at: new Date().toISOString(),
    command,
    machine: `${cpus().length} cores of an ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    versions: `Dibs ${commit()}, Node ${process.versions.node}${postgres}`,
  }
}
