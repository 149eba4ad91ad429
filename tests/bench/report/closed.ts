import type { Line } from '../closed.ts'
import { operations } from '../load/operations.ts'
import { contestants } from '../servers/contestants.ts'
import { ratioOf, spreadOf } from '../statistics.ts'
import type { Sample } from '../window.ts'
import { figure, table, times } from './table.ts'

const head = [
  '',
  'a second',
  'of by hand',
  'p50 ms',
  'server CPU µs',
  'database CPU µs',
  'peak MB',
  'xids',
  'WAL bytes',
  'log bytes',
  'sessions',
  '5xx',
]

/** A table for each operation and number of connections: medians for each request, and the spread of the ratio. */
export function closedTables(lines: readonly Line[]): string {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const title = titleOf(line)
    groups.set(title, [...(groups.get(title) ?? []), line])
  }
  return [...groups].map(([title, group]) => `### ${title}\n\n${groupTable(group)}`).join('\n')
}

function titleOf({ operation, connections, names }: Line): string {
  const many = `${connections} ${connections === 1 ? 'connection' : 'connections'}`
  return `${operations[operation]}, ${many}, ${names.toLocaleString('en')} names`
}

function groupTable(group: readonly Line[]): string {
  const yardstick = group.find(({ contestant }) => contestant === 'by-hand')?.samples ?? []
  return table(
    head,
    group.map((line) => row(line, yardstick)),
  )
}

function row({ contestant, samples }: Line, yardstick: readonly Sample[]): string[] {
  const middle = (of: (sample: Sample) => number) => figure(spreadOf(samples.map(of)).median)
  const rates = (some: readonly Sample[]) => some.map(({ perSecond }) => perSecond)
  return [
    contestants[contestant].title,
    middle(({ perSecond }) => perSecond),
    yardstick.length > 0 ? times(ratioOf(rates(samples), rates(yardstick))) : '',
    middle(({ p50 }) => p50 / 1000),
    middle(({ serverCpu }) => serverCpu),
    middle(({ databaseCpu }) => databaseCpu),
    middle(({ peakMemory }) => peakMemory / 1e6),
    middle(({ xids }) => xids),
    middle(({ walBytes }) => walBytes),
    middle(({ logBytes }) => logBytes),
    middle(({ sessions }) => sessions),
    defectsIn(samples),
  ]
}

function defectsIn(samples: readonly Sample[]): string {
  const all = new Map<string, number>()
  for (const { defects } of samples) {
    for (const [status, many] of Object.entries(defects)) all.set(status, (all.get(status) ?? 0) + many)
  }
  return [...all].map(([status, many]) => `${many} × ${status}`).join(', ')
}
