import type { Database } from '../database/open.ts'
import type { Claims } from '../domain/claims.ts'
import type { LookUps } from '../domain/look-ups.ts'
import type { NameRules } from '../domain/name-rules.ts'
import type { Person } from '../domain/person.ts'
import type { Watches } from '../domain/watches.ts'
import type { Limits } from '../limits.ts'
import type { Log } from '../log.ts'

/** What every procedure is given. */
export interface Context {
  readonly person: Person | null
  /** Whether whoever runs the service asks, beside the database; never over HTTP. */
  readonly isOperator?: boolean | undefined
  readonly requestId: string
  /** The address that the request came from; counts anonymous requests. */
  readonly address: string
  readonly log: Log
  readonly database: Database
  readonly rules: NameRules
  readonly limits: Limits | null
  /** The caller's key for the one thing to do, where it came beside the input rather than in it. */
  readonly idempotencyKey?: string | undefined
  readonly watches: Watches
  readonly claims: Claims
  readonly lookUps: LookUps
}
