import type { Line } from './closed.ts'
import type { Results } from './results.ts'
import type { Sample } from './window.ts'

const nothing: Sample = {
  requests: 0,
  perSecond: 0,
  p50: 0,
  serverCpu: 0,
  databaseCpu: 0,
  peakMemory: 0,
  xids: 0,
  walBytes: 0,
  logBytes: 0,
  sessions: 0,
  defects: {},
}

/** What somebody may have done, round by round. */
export function line(
  contestant: Line['contestant'],
  operation: Line['operation'],
  connections: number,
  samples: readonly Partial<Sample>[],
  names = 10_000,
): Line {
  return {
    contestant,
    operation,
    connections,
    names,
    samples: samples.map((sample) => ({ ...nothing, ...sample })),
  }
}

export function rates(...perSecond: number[]): Partial<Sample>[] {
  return perSecond.map((rate) => ({ perSecond: rate }))
}

export function results(measured: Omit<Results, 'settings'>): Results {
  const setting = {
    at: '2026-11-24T12:00:00Z',
    command: 'npm run bench',
    machine: '2 cores',
    versions: 'Node 20',
  }
  return { ...measured, settings: { closed: setting } }
}
