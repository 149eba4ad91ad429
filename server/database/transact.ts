import pRetry from 'p-retry'
import { databaseFault } from './errors.ts'

/**
 * Runs a transaction, or a single statement, again when the database undid it for the sake
 * of another one (SQLSTATE 40001, 40P01): at once, then up to 3 times within about a second, with jitter.
 *
 * `work` must be all of the transaction: after such an error nothing of it has happened.
 */
export async function transact<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!isUndone(error)) throw error
  }
  return pRetry(work, {
    retries: 3,
    minTimeout: 20,
    factor: 4,
    randomize: true,
    shouldRetry: ({ error }) => isUndone(error),
  })
}

function isUndone(error: unknown): boolean {
  return databaseFault(error)?.kind === 'retry'
}
