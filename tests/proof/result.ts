import type { Happened } from './faults/schedule.ts'
import type { RowsVerdict } from './verdict/rows.ts'

/** What became of one round's history. */
export interface RoundResult {
  readonly number: number
  readonly mix: string
  readonly calls: number
  readonly unknown: number
  readonly verdict: 'linearizable' | 'violated' | 'undecided'
  readonly judged: number
  readonly steps: number
  readonly checkMs: number
  readonly explanations: readonly string[]
}

/** Calls of which nobody knows what they did. */
export interface UnknownResult {
  readonly procedure: string
  readonly because: string
  readonly calls: number
}

/** Everything that a run tells, as report.json has it. */
export interface Result {
  readonly verdict: 'proved' | 'violated' | 'undecided'
  /** Whether somebody ended it early. */
  readonly isInterrupted: boolean
  /** What does not hold, and what could not be decided, a sentence each. */
  readonly violations: readonly string[]
  readonly undecided: readonly string[]
  readonly command: string
  readonly at: string
  readonly machine: string
  readonly versions: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string | number>>
  readonly seconds: number
  readonly calls: number
  readonly claims: number
  readonly acknowledgedClaims: number
  readonly outcomes: Readonly<Record<string, number>>
  readonly unknown: readonly UnknownResult[]
  readonly notSent: number
  readonly faults: readonly Happened[]
  readonly rounds: readonly RoundResult[]
  readonly rows: RowsVerdict | null
}
