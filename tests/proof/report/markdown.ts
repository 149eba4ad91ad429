import type { Happened } from '../faults/schedule.ts'
import type { Result, RoundResult } from '../result.ts'

const verdicts = {
  proved: 'Proved',
  violated: '**Violated**',
  undecided: '**Undecided**, which is no pass',
}

/** The report for a person. */
export function markdownOf(result: Result): string {
  const { verdict, violations, undecided, rounds, rows, faults } = result
  const judged = rounds.reduce((sum, round) => sum + round.judged, 0)
  const perSecond = result.seconds === 0 ? 0 : Math.round(result.calls / result.seconds)
  const unknown = result.unknown.reduce((sum, { calls }) => sum + calls, 0)
  return [
    `# ${verdicts[verdict]}: Dibs on ${result.settings.database}, seed ${result.settings.seed}`,
    result.isInterrupted ? 'Somebody ended the run early; this is what there was.' : '',
    [...violations, ...undecided].map((sentence) => `- ${sentence}`).join('\n'),
    `\`${result.command}\`, ${result.at}, ${result.machine}. ${inWords(result.versions)}. ${inWords(result.settings)}.`,
    '## What was judged',
    [
      `- ${rounds.length} rounds with ${judged} calls were checked for linearizability: ${counted(rounds.map((round) => round.verdict))}.`,
      rows === null
        ? '- The rows were not judged.'
        : `- ${result.acknowledgedClaims} acknowledged claims were looked for in the history of names: ${rows.violations.length === 0 ? 'all are there' : 'see above'}. One owner a name, one current name a person, and the ${rows.names} names are what their ${rows.changes} changes say.`,
      `- ${result.outcomes.UNEXPECTED ?? 0} answers were a 500.`,
      `- Of ${unknown} calls nobody knows the outcome; ${result.notSent} requests never left.`,
    ].join('\n'),
    '## What people did',
    `${result.calls} calls in ${result.seconds} s, ${perSecond} a second; ${result.claims} were claims.`,
    table(
      ['outcome', 'calls'],
      Object.entries(result.outcomes).map(([kind, many]) => [kind, many]),
    ),
    unknown === 0
      ? ''
      : table(
          ['unknown outcome of', 'because', 'calls'],
          result.unknown.map(({ procedure, because, calls }) => [procedure, because, calls]),
        ),
    '## What went wrong',
    faults.length === 0 ? 'Nothing.' : `${byFault(faults)}\n\n${eachFault(faults)}`,
    '## Rounds',
    rounds.length > mostListed ? byMix(rounds) : '',
    eachRound(
      rounds.length > mostListed ? rounds.filter(({ verdict }) => verdict !== 'linearizable') : rounds,
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n')
}

function byFault(faults: readonly Happened[]): string {
  const names = [...new Set(faults.map(({ name }) => name))].sort()
  return table(
    ['fault', 'times', 'could not be made', 'longest until each server worked again'],
    names.map((name) => {
      const these = faults.filter((fault) => fault.name === name)
      const done = these.filter(({ isFailed }) => !isFailed)
      const waits = done.flatMap(({ recoveredMs }) => Object.values(recoveredMs).flatMap((ms) => ms ?? []))
      return [
        name,
        done.length,
        these.length - done.length,
        waits.length === 0 ? '' : `${Math.round(Math.max(...waits))} ms`,
      ]
    }),
  )
}

function eachFault(faults: readonly Happened[]): string {
  return table(
    ['at', 'for', 'fault', 'hit', 'until each server worked again'],
    faults.map(({ from, to, name, what, isFailed, recoveredMs }) => [
      `${(from / 1e9).toFixed(2)} s`,
      `${Math.round((to - from) / 1e6)} ms`,
      name,
      isFailed ? `could not be made: ${what}` : what,
      Object.entries(recoveredMs)
        .map(([server, ms]) => `${server} ${ms === null ? 'not since' : `${ms} ms`}`)
        .join(', '),
    ]),
  )
}

/** Of more rounds only those are listed that are not as they should be; report.json has all. */
const mostListed = 60

function byMix(rounds: readonly RoundResult[]): string {
  const mixes = [...new Set(rounds.map(({ mix }) => mix))]
  return table(
    ['names wanted', 'rounds', 'calls', 'unknown', 'verdicts', 'longest check'],
    mixes.map((mix) => {
      const these = rounds.filter((round) => round.mix === mix)
      const sum = (of: (round: RoundResult) => number) => these.reduce((all, round) => all + of(round), 0)
      return [
        mix,
        these.length,
        sum(({ calls }) => calls),
        sum(({ unknown }) => unknown),
        counted(these.map(({ verdict }) => verdict)),
        `${Math.max(...these.map(({ checkMs }) => checkMs))} ms`,
      ]
    }),
  )
}

function eachRound(rounds: readonly RoundResult[]): string {
  if (rounds.length === 0) return ''
  return table(
    ['round', 'names wanted', 'calls', 'unknown', 'verdict', 'check'],
    rounds.map(({ number, mix, calls, unknown, verdict, checkMs }) => [
      number,
      mix,
      calls,
      unknown,
      verdict,
      `${checkMs} ms`,
    ]),
  )
}

function counted(words: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return [...counts].map(([word, many]) => `${many} ${word}`).join(', ') || 'none'
}

function inWords(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
}

function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}
