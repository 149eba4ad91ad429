import { isFailureKind } from '../../../shared/failures.ts'
import type { Reply } from './connection.ts'
import type { Asked } from './wire.ts'

/** How a call ended, not yet judged: a history's outcome if the answer was as the wire has it. */
export interface Ended {
  readonly kind: string
  readonly answer?: object
  readonly payload?: object
  /** What was seen where nobody knows what was done. */
  readonly because?: string
}

/** The fields of answers that are judged; the others would only make a history long. */
const judged: Readonly<Record<Asked['procedure'], readonly string[]>> = {
  'profile.claimUsername': ['claimedAt', 'previous', 'previousHeldUntil'],
  'profile.releaseUsername': ['released', 'heldUntil'],
  'profile.checkUsername': ['status', 'until', 'resembles'],
  'profile.me': ['username', 'claimedAt'],
  'profile.get': ['username', 'claimedAt', 'displayName', 'movedTo'],
  'admin.reserveUsername': ['reserved'],
  'admin.releaseUsername': ['released', 'was', 'heldUntil'],
  'admin.transferUsername': ['transferred', 'from', 'previous'],
}

/** Reads what a call ended in. An answer that is none of Dibs' says nothing, unless its status is one of ours to answer for. */
export function endedIn({ procedure }: Asked, reply: Reply): Ended {
  if ('lost' in reply) return { kind: 'UNKNOWN', because: reply.lost }
  const { status, body } = reply
  const said = read(body)
  if (status === 200 && isObject(said?.result) && isObject(said.result.data)) {
    return { kind: 'OK', answer: picked(said.result.data, judged[procedure]) }
  }
  const data = isObject(said?.error) ? said.error.data : undefined
  if (isObject(data) && isFailureKind(data.kind)) {
    const { kind, payload } = data
    if (kind === 'UNAVAILABLE' || kind === 'UNEXPECTED') return { kind, because: String(status) }
    return isObject(payload) ? { kind, payload: picked(payload, ['until', 'resembles']) } : { kind }
  }
  // A proxy's, or Node's own.
  if (status === 503 || status === 408) return { kind: 'UNKNOWN', because: String(status) }
  return { kind: 'UNEXPECTED', because: `${status}: ${body.slice(0, 200)}` }
}

function picked(from: Record<string, unknown>, fields: readonly string[]): object {
  const some: Record<string, unknown> = {}
  for (const field of fields) if (from[field] !== undefined) some[field] = from[field]
  return some
}

function read(body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
