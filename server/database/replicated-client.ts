import pg from 'pg'
import { Execution } from './execution.ts'

/**
 * A connection that tells of no success before the synchronous standby has what was committed.
 *
 * PostgreSQL commits on the primary first and then waits for the standby. Whoever cancels that wait
 * (`pg_cancel_backend`, or a time-out that strikes in that moment) makes the server answer with
 * success and a warning: what was committed is lost if the standby takes over. Such a query fails
 * here with SQLSTATE 40003, statement_completion_unknown.
 */
export class ReplicatedClient extends pg.Client {
  #isUnreplicated = false

  constructor(config?: string | pg.ClientConfig) {
    super(config)
    this.on('notice', ({ routine }) => {
      // The server translates its words, and the warning has no SQLSTATE of its own.
      if (routine === 'SyncRepWaitForLSN') this.#isUnreplicated = true
    })
  }

  override query(...args: unknown[]): never
  override async query(...args: unknown[]): Promise<unknown> {
    try {
      const query: unknown = Reflect.apply(super.query, this, args)
      const answer = await (query instanceof Execution ? query.rows : query)
      if (this.#isUnreplicated) throw unknownCompletion()
      return answer
    } finally {
      this.#isUnreplicated = false
    }
  }
}

function unknownCompletion(): pg.DatabaseError {
  const message = 'the wait for the synchronous standby was cancelled'
  const error = new pg.DatabaseError(message, message.length, 'error')
  return Object.assign(error, { severity: 'ERROR', code: '40003' })
}
