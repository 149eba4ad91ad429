import type { Options } from './options.ts'
import type { Round } from './round.ts'

/** What a race came to: `interrupted` when not every name was raced for. */
export interface Result {
  readonly options: Options
  readonly rounds: readonly Round[]
  readonly verdict: 'holds' | 'broken' | 'interrupted'
}

export function resultOf(options: Options, rounds: readonly Round[]): Result {
  const broken = rounds.some(({ violations }) => violations.length > 0)
  const verdict = broken ? 'broken' : rounds.length < options.names ? 'interrupted' : 'holds'
  return { options, rounds, verdict }
}

export function roundLine({ name, outcomes, latencyMs, violations }: Round): string {
  const counts = Object.entries(outcomes).map(([kind, times]) => `${kind} ${times}`)
  const { p50, p95, p99, max } = latencyMs
  const wrong = violations.map((violation) => `\n  BROKEN  ${violation}`)
  return `${name}  ${counts.join(', ')}  ms: p50 ${p50}, p95 ${p95}, p99 ${p99}, max ${max}${wrong.join('')}\n`
}

export function verdictLines({ options: { people, names }, rounds, verdict }: Result): string {
  const done = `${rounds.length} of ${names} names`
  switch (verdict) {
    case 'holds':
      return `\nHolds: for each of ${names} names, 1 of ${people} people has it, the others were told so, and asking again changed nothing.\n`
    case 'interrupted':
      return `\nInterrupted after ${done}: no verdict.${rounds.length > 0 ? ' Those held.' : ''}\n`
    case 'broken': {
      const all = rounds.flatMap(({ violations }) => violations)
      return `\nBROKEN: ${all.length} violations in ${done}.\n`
    }
  }
}

export function asJson({ options, rounds, verdict }: Result): string {
  const { url, people, seed } = options
  return `${JSON.stringify({ verdict, url, people, seed, names: rounds }, null, 2)}\n`
}
