import type { Line } from './closed.ts'
import type { OpenLine } from './open.ts'
import type { PgbenchLine } from './pgbench.ts'
import type { StartTimes } from './start.ts'
import type { TypeCosts } from './type-checking.ts'
import type { WebCosts } from './web.ts'

/** Where and when something was measured. */
export interface Setting {
  /** ISO 8601. */
  readonly at: string
  readonly command: string
  readonly machine: string
  readonly versions: string
}

/** What is measured beside the closed loop, and the loop itself. */
export interface Measurements {
  readonly closed: readonly Line[]
  readonly open: readonly OpenLine[]
  readonly growth: readonly Line[]
  readonly pgbench: readonly PgbenchLine[]
  readonly start: StartTimes
  readonly web: WebCosts
  readonly types: TypeCosts
}

/** All that was measured; absent what was left out. */
export interface Results extends Partial<Measurements> {
  /** Of each measurement. */
  readonly settings: { [M in keyof Measurements]?: Setting }
}
