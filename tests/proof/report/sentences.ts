import type { Result } from '../result.ts'

const verdicts = {
  proved:
    'PROVED: all of it is as if one thing had happened after the other, and nothing acknowledged is lost.',
  violated: 'VIOLATED: something does not hold.',
  undecided: 'UNDECIDED: that is no pass.',
}

/** What a run came to, for a terminal. */
export function sentencesOf(result: Result, dir: string): string {
  const { verdict, violations, undecided, calls, claims, acknowledgedClaims, seconds, faults } = result
  const perSecond = seconds === 0 ? 0 : Math.round(calls / seconds)
  return `${[
    `${calls} calls in ${seconds} s (${perSecond}/s), among them ${claims} claims, ${acknowledgedClaims} of them acknowledged; ${faults.length} faults.`,
    ...Object.entries(result.outcomes).map(([kind, many]) => `  ${kind} ${many}`),
    verdicts[verdict],
    ...[...violations, ...undecided].map((sentence) => `- ${sentence}`),
    `Report: ${dir}/report.md`,
  ].join('\n')}\n`
}
