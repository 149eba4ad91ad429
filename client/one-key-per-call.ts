import type { Operation, TRPCLink } from '@trpc/client'
import type { AppRouter } from '../server/router.ts'

/** The mutations that take a key; the server keeps what it answered to one. */
const keyed: ReadonlySet<string> = new Set(['profile.claimUsername', 'profile.releaseUsername'])

/**
 * Gives a call that takes an idempotency key, and has none, one of its own: whatever is below
 * this link may send the call again, and the server does it once.
 */
export const oneKeyPerCall: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    const { input = {} } = op
    if (!keyed.has(op.path) || typeof input !== 'object' || input === null || hasKey(op)) return next(op)
    return next({ ...op, input: { ...input, idempotencyKey: freshKey() } })
  }

export function hasKey({ input }: Pick<Operation, 'input'>): boolean {
  return typeof input === 'object' && input !== null && 'idempotencyKey' in input && !!input.idempotencyKey
}

/**
 * React Native has no `crypto`, and pages without TLS no `randomUUID`. A key has to differ from
 * the other keys of one person and one day; nobody gains by guessing it.
 */
function freshKey(): string {
  const { crypto } = globalThis as { crypto?: Partial<Crypto> }
  if (crypto?.randomUUID) return crypto.randomUUID()
  const bytes = Array.from({ length: 16 }, () => Math.floor(Math.random() * 256))
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
