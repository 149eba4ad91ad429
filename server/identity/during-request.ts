import { AsyncLocalStorage } from 'node:async_hooks'
import type { Log } from '../log.ts'

/** What a request under way tells to code that nobody can hand it to, better-auth's, and is told by it. */
export interface DuringRequest {
  /** Names the request's id in each line. */
  readonly log: Log
  /** Whether the database could not be asked. */
  databaseAway: boolean
  /** An error of the database that only a defect of ours, or of its own, explains. */
  defect?: unknown
}

export const duringRequest = new AsyncLocalStorage<DuringRequest>()
