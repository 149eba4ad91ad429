import pRetry from 'p-retry'
import { databaseFault } from './errors.ts'

/**
 * Runs a transaction, or a single statement, again when the database undid it for the sake
 * of another one (SQLSTATE 40001, 40P01): up to 5 times within about a second, with jitter.
 *
 * `work` must be all of the transaction: after such an error nothing of it has happened.
 */
export function transact<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: 4,
    minTimeout: 20,
    factor: 2.5,
    randomize: true,
    shouldRetry: ({ error }) => databaseFault(error)?.kind === 'retry',
  })
}
