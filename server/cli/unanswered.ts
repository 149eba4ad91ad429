import { failureOf } from '../../client/failure.ts'
import { Stop } from './stop.ts'

export const nothingAnswered = 'Nothing that is Dibs answered there'

/** What a connection that was never made fails with: nothing went over it. */
const unsent: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])

/**
 * A change that is sent once. Without an answer nobody knows whether it was done.
 *
 * @throws {Stop} that says so, and how to find out.
 */
export async function toldIfUnanswered<T>(change: Promise<T>): Promise<T> {
  try {
    return await change
  } catch (error) {
    if (!(error instanceof Error) || failureOf(error).kind !== 'NO_ANSWER' || isUnsent(error)) throw error
    throw new Stop(
      'NO_ANSWER',
      `${nothingAnswered}, but it may have been done all the same: npm run dibs -- names who NAME tells.`,
    )
  }
}

/** By the error that tRPC's and fetch's have for their cause. */
function isUnsent(error: Error): boolean {
  if ('code' in error && unsent.has(error.code)) return true
  return error.cause instanceof Error && isUnsent(error.cause)
}
