import { type Call, isUnknown, type Outcome } from '../../history.ts'
import type { Operation } from '../model.ts'
import { reads } from './model.ts'

/** Refusals that say that nothing was done, and nothing else about names. */
const silent: ReadonlySet<string> = new Set([
  'SIGNED_OUT',
  'ADMINISTRATORS_ONLY',
  'PERSON_NOT_FOUND',
  'INVALID_INPUT',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'RATE_LIMITED',
] satisfies Outcome['kind'][])

/**
 * What is to be judged of a history: all but calls that changed nothing and tell nothing, among them
 * reads that nobody saw the answer of.
 *
 * An idempotency key that is used once makes no difference, and is left out: it would be kept in
 * every state.
 */
export function operationsOf(history: readonly Call[]): Operation<Call, Outcome>[] {
  const uses = new Map<string, number>()
  for (const call of history) {
    const own = ownKeyOf(call)
    if (own !== undefined) uses.set(own, (uses.get(own) ?? 0) + 1)
  }
  return history.flatMap((call): Operation<Call, Outcome>[] => {
    if (silent.has(call.outcome.kind)) return []
    const own = ownKeyOf(call)
    const input = own !== undefined && uses.get(own) === 1 ? withoutKey(call) : call
    const one = { process: call.process, call: call.call, input }
    if (isUnknown(call.outcome)) {
      return reads.has(call.procedure) ? [] : [{ ...one, return: null, settledBy: call.settledBy }]
    }
    // Answered, as far as the history knows, at no time: by its end.
    return [{ ...one, return: call.return ?? Number.POSITIVE_INFINITY, output: call.outcome }]
  })
}

function ownKeyOf({ by, input }: Call): string | undefined {
  const key = 'idempotencyKey' in input ? input.idempotencyKey : undefined
  return key === undefined ? undefined : JSON.stringify([by, key])
}

function withoutKey(call: Call): Call {
  switch (call.procedure) {
    case 'profile.claimUsername':
      return { ...call, input: { username: call.input.username } }
    case 'profile.releaseUsername':
      return { ...call, input: { username: call.input.username } }
    default:
      return call
  }
}
