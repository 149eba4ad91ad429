import type { Line } from '../closed.ts'
import { operations } from '../load/operations.ts'
import { type ContestantName, contestants } from '../servers/contestants.ts'
import { ratioOf, type Spread, spreadOf } from '../statistics.ts'
import type { Sample } from '../window.ts'
import { figure, table } from './table.ts'

const head = [
  '',
  'a second',
  'of by hand',
  'p50 ms',
  'p99 ms',
  'server CPU µs',
  'database CPU µs',
  'peak MB',
  'xids',
  'WAL bytes',
  'log bytes',
  'sessions',
  'unexpected',
]

/** A table for each operation and number of connections; medians, and the spread of the ratio. */
export function closedTables(lines: readonly Line[]): string {
  const groups = new Map<string, Line[]>()
  for (const line of lines) {
    const title = titleOf(line)
    groups.set(title, [...(groups.get(title) ?? []), line])
  }
  return [...groups].map(([title, group]) => `### ${title}\n\n${groupTable(group)}`).join('\n')
}

function titleOf({ operation, connections }: Line): string {
  return `${operations[operation]}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`
}

function groupTable(group: readonly Line[]): string {
  const yardstick = samplesOf(group, 'by-hand')
  const rows = group.map((line) => row(line, yardstick))
  return table(head, rows)
}

function row({ contestant, samples }: Line, yardstick: readonly Sample[]): string[] {
  const middle = (of: (sample: Sample) => number) => figure(spreadOf(samples.map(of)).median)
  const rates = (some: readonly Sample[]) => some.map(({ perSecond }) => perSecond)
  return [
    contestants[contestant].title,
    middle(({ perSecond }) => perSecond),
    yardstick.length > 0 ? spread(ratioOf(rates(samples), rates(yardstick))) : '',
    middle(({ p50 }) => p50 / 1000),
    middle(({ p99 }) => p99 / 1000),
    middle(({ serverCpu }) => serverCpu),
    middle(({ databaseCpu }) => databaseCpu),
    middle(({ peakMemory }) => peakMemory / 1e6),
    middle(({ xids }) => xids),
    middle(({ walBytes }) => walBytes),
    middle(({ logBytes }) => logBytes),
    middle(({ sessions }) => sessions),
    unexpectedIn(samples),
  ]
}

export function samplesOf(lines: readonly Line[], name: ContestantName): readonly Sample[] {
  return lines.find(({ contestant }) => contestant === name)?.samples ?? []
}

export function spread({ median, least, most }: Spread): string {
  return `${figure(median)}× (${figure(least)} to ${figure(most)})`
}

function unexpectedIn(samples: readonly Sample[]): string {
  const all = new Map<string, number>()
  for (const { unexpected } of samples) {
    for (const [status, times] of Object.entries(unexpected)) all.set(status, (all.get(status) ?? 0) + times)
  }
  return [...all].map(([status, times]) => `${times} × ${status}`).join(', ')
}
