import { defectsOf, verdictsOn } from '../goals/goals.ts'
import { operations } from '../load/operations.ts'
import type { OpenLine } from '../open.ts'
import type { PgbenchLine } from '../pgbench.ts'
import type { Results } from '../results.ts'
import { contestants } from '../servers/contestants.ts'
import { spreadOf } from '../statistics.ts'
import type { TypeCosts } from '../type-checking.ts'
import { closedTables } from './closed.ts'
import { figure, table } from './table.ts'

/** All that was measured, in Markdown; the goals last, where a terminal shows them. */
export function reportOf(results: Results): string {
  const { closed, growth, open, pgbench, types } = results
  const sections = [
    closed && closedTables(closed),
    growth && closedTables(growth),
    open && openTable(open),
    pgbench && pgbenchTable(pgbench),
    types && typesTable(types),
    `### goals\n\n${goalsTable(results)}`,
    `${settingsOf(results)}\n`,
    ...defectsOf(results).map((defect) => `VOID: ${defect}\n`),
  ]
  return sections.filter((section) => section !== undefined).join('\n')
}

/** The goals of which something was measured. */
export function goalsTable(results: Results): string {
  const rows = verdictsOn(results)
    .filter(({ verdict }) => verdict !== 'not measured')
    .map(({ goal, target, measured, verdict }) => [goal, target, measured, verdict])
  return table(['', 'goal', 'measured', ''], rows)
}

/** By which commands, when and where: a line for each, with the parts that it measured. */
export function settingsOf({ settings }: Results): string {
  const parts = new Map<string, string[]>()
  for (const [part, { command, at, machine, versions }] of Object.entries(settings)) {
    const said = `\`${command}\`, ${at.slice(0, 10)}, ${machine}, ${versions}`
    parts.set(said, [...(parts.get(said) ?? []), part])
  }
  return [...parts].map(([said, measured]) => `- ${measured.join(', ')}: ${said}`).join('\n')
}

function openTable(lines: readonly OpenLine[]): string {
  const head = [
    '',
    'a second',
    '',
    'p50 ms',
    'p99 ms',
    'p99.9 ms',
    "p99 of the driver's own lag",
    'unanswered',
  ]
  const rows = lines.map(({ operation, perSecond, contestant, rounds, latency }) => {
    const middle = (of: (round: OpenLine['rounds'][number]) => number) =>
      figure(spreadOf(rounds.map(of)).median / 1000)
    return [
      operations[operation],
      figure(perSecond),
      contestants[contestant].title,
      figure(latency.p50 / 1000),
      figure(latency.p99 / 1000),
      figure(latency.p999 / 1000),
      middle(({ lag }) => lag.p99),
      String(rounds.reduce((sum, { unanswered }) => sum + unanswered, 0)),
    ]
  })
  return `### at a fixed rate, as a share of what by hand can do\n\n${table(head, rows)}`
}

function pgbenchTable(lines: readonly PgbenchLine[]): string {
  const rows = lines.map(({ operation, connections, statement, samples }) => [
    `${operations[operation]}, ${connections}`,
    statement,
    figure(spreadOf(samples.map(({ perSecond }) => perSecond)).median),
    figure(spreadOf(samples.map(({ databaseCpu }) => databaseCpu)).median),
  ])
  return `### the statements alone (pgbench)\n\n${table(['', 'statement', 'a second', 'database CPU µs'], rows)}`
}

function typesTable({ compiler, sizes }: TypeCosts): string {
  const rows = sizes.map(({ procedures, instantiations, types, checkTime, memory }) => [
    String(procedures),
    instantiations.toLocaleString('en'),
    types.toLocaleString('en'),
    figure(checkTime),
    figure(memory / 1e6),
  ])
  const head = ['procedures', 'instantiations', 'types', 'check s', 'MB']
  return `### the client's types, TypeScript ${compiler}\n\n${table(head, rows)}`
}
