import type { Database } from '../database/open.ts'
import type { Watches } from '../domain/watches.ts'
import type { Limits } from '../limits.ts'
import type { Log } from '../log.ts'

/** Who is asking, as whatever authenticates them says. */
export interface Person {
  /** The subject: stable, unique, never reused. */
  readonly id: string
  /** What to call them until they edit their profile; may be empty. */
  readonly name: string
}

/** What every procedure is given. */
export interface Context {
  readonly person: Person | null
  readonly requestId: string
  /** The address that the request came from; counts anonymous requests. */
  readonly address: string
  readonly log: Log
  readonly database: Database
  /** For how many days a name that was given up is held for its last owner. */
  readonly holdDays: number
  readonly limits: Limits | null
  readonly watches: Watches
}
