import type { Context } from './context.ts'
import { Failure } from './failure.ts'

/** The idempotency key of a call, from its input or from its header; both may say the same. */
export function oneKey(
  { idempotencyKey: beside }: Pick<Context, 'idempotencyKey'>,
  { idempotencyKey: within }: { readonly idempotencyKey?: string | undefined },
): string | undefined {
  if (beside !== undefined && within !== undefined && beside !== within) {
    const idempotencyKey = ['It differs from the Idempotency-Key header. Send one of them']
    throw new Failure('INVALID_INPUT', { fields: { idempotencyKey }, form: [] })
  }
  return within ?? beside
}
