import { cpus, totalmem } from 'node:os'
import type { Happened } from '../faults/schedule.ts'
import type { Result, UnknownResult } from '../result.ts'
import type { Progress } from '../run.ts'

/** What a run came to. */
export function resultOf(progress: Progress, { command, now }: { command: string; now: Date }): Result {
  const { options, tally, rounds, schedule, rows, isInterrupted } = progress
  const violations = [
    ...progress.violations,
    ...(tally.wrongAnswers === 0
      ? []
      : [`${tally.wrongAnswers} answers that nobody should get: ${tally.wrong.join('; ')}`]),
  ]
  const faults = schedule?.happened ?? []
  const undecided = [
    ...progress.undecided,
    ...(rounds.length === 0 ? ['no round came to its end'] : []),
    ...faults.flatMap(({ isFailed, name, what }) => (isFailed ? [couldNotBeMade(name, what)] : [])),
    ...neverCameUp(options.faults, faults),
  ]
  const { seed, processes, people, names, calls, pause, implementation } = options
  const [cpu] = cpus()
  return {
    verdict: violations.length > 0 ? 'violated' : undecided.length > 0 ? 'undecided' : 'proved',
    isInterrupted,
    violations,
    undecided,
    command,
    at: now.toISOString(),
    machine: `${cpus().length} cores of an ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    versions: progress.versions,
    settings: {
      database: options.database,
      seed,
      processes,
      people,
      names,
      'calls in a round': calls,
      'seconds between faults': pause,
      ...(implementation !== undefined && { implementation }),
    },
    seconds: Math.round(progress.seconds * 10) / 10,
    calls: tally.calls,
    claims: tally.claims,
    acknowledgedClaims: progress.acknowledged.length,
    outcomes: Object.fromEntries([...tally.outcomes].sort(([, one], [, other]) => other - one)),
    unknown: unknownOf(progress),
    notSent: tally.notSent,
    faults,
    rounds: [...rounds].sort((one, other) => one.number - other.number),
    rows,
  }
}

/** Nobody can say how Dibs takes what did not happen to it. */
function couldNotBeMade(name: string, why: string): string {
  return `the fault ${name} could not be made: ${why}`
}

/** A fault that was asked for by its name and did not happen. Of all of them some may have to wait. */
function neverCameUp(asked: readonly string[] | 'all', faults: readonly Happened[]): string[] {
  if (asked === 'all') return []
  const happened = new Set(faults.map(({ name }) => name))
  return asked
    .filter((name) => !happened.has(name))
    .map((name) => `the fault ${name} never came up: run it for longer, or with a shorter --pause`)
}

function unknownOf({ unknown }: Progress): UnknownResult[] {
  const counts = new Map<string, UnknownResult>()
  for (const { procedure, outcome } of unknown) {
    const because = outcome.because ?? outcome.kind
    const key = `${procedure} ${because}`
    const { calls = 0 } = counts.get(key) ?? {}
    counts.set(key, { procedure, because, calls: calls + 1 })
  }
  return [...counts.values()].sort((one, other) => other.calls - one.calls)
}
