import type { IncomingMessage } from 'node:http'

/** The scheme and authority that an absolute-form target begins with. */
const origin = /^[a-z][a-z\d+.-]*:\/\/[^/?]*/i

/**
 * A request's target as its path and query (RFC 9112, 3.2.1), also where it was sent as a whole
 * address (3.2.2), or with a fragment, which is never sent. Whom the address names doesn't matter:
 * Dibs serves one site.
 */
export function originForm({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  if (url.startsWith('/') && !url.includes('#')) return url
  const path = url.replace(/#.*/, '').replace(origin, '')
  return path === '' || path.startsWith('?') ? `/${path}` : path
}
