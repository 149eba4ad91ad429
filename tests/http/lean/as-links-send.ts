import type { Sent } from './exchange.ts'

export const json = { 'content-type': 'application/json' }
const encoded = (input: unknown) =>
  encodeURIComponent(typeof input === 'string' ? input : JSON.stringify(input))

/** A query as tRPC's links send it; a text is sent as it is. */
export function asked(path: string, input?: unknown, headers?: Sent['headers']): Sent {
  const search = input === undefined ? '' : `?input=${encoded(input)}`
  return { method: 'GET', target: `/trpc/${path}${search}`, ...(headers && { headers }) }
}

/** A mutation as tRPC's links send it; a text or bytes are sent as they are. */
export function told(path: string, body?: unknown, headers: Sent['headers'] = json): Sent {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return { method: 'POST', target: `/trpc/${path}`, headers, ...(bytes !== undefined && { body: bytes }) }
}
