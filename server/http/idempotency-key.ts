import type { FastifyRequest } from 'fastify'
import { parseItem } from 'structured-headers'
import { IdempotencyKey } from '../../shared/schemas.ts'
import { invalidRequest } from '../trpc/failure.ts'

/**
 * The key of the `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header), if there is
 * one: a String of RFC 9651, in quotes, or what most clients send, the key as it is.
 *
 * @param calls how many the request holds: a key is for one thing to do
 * @throws {Failure} INVALID_INPUT
 */
export function idempotencyKeyOf({ headers }: FastifyRequest, calls: number): string | undefined {
  const sent = headers['idempotency-key']
  if (sent === undefined) return undefined
  if (calls > 1) throw invalidRequest('Send an Idempotency-Key with one call only, or a key in each input.')
  const key = IdempotencyKey.safeParse(unquoted(String(sent)))
  if (!key.success) {
    throw invalidRequest(
      'The Idempotency-Key must be 1 to 255 visible ASCII characters, in quotes or without.',
    )
  }
  return key.data
}

/** Without quotes only what needs none: no second header, list or parameter passes for a part of the key. */
function unquoted(sent: string): unknown {
  if (!sent.startsWith('"')) return /^[\w!#$%&'*+.^`|~:/=-]+$/.test(sent) ? sent : undefined
  try {
    return parseItem(sent)[0]
  } catch {
    return undefined
  }
}
