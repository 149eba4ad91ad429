/** The origins whose pages may act for a signed-in person. */
export function allowedOrigins({
  publicUrl,
  corsOrigins,
}: {
  publicUrl: string
  corsOrigins: readonly string[]
}): ReadonlySet<string> {
  return new Set([...sameMachine(publicUrl), ...corsOrigins])
}

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** A loopback address under each of its names; any other as it is. */
function sameMachine(publicUrl: string): string[] {
  const url = new URL(publicUrl)
  if (!loopback.includes(url.hostname)) return [url.origin]
  const port = url.port ? `:${url.port}` : ''
  return loopback.map((host) => `${url.protocol}//${host}${port}`)
}

/**
 * Whether a request that changes something comes from another site's page. Browsers send
 * `Origin` with every POST, and `Sec-Fetch-Site` if they are recent; a request with neither
 * is no browser's.
 */
export function isForeign(
  headers: { origin?: string | undefined; 'sec-fetch-site'?: string | string[] | undefined },
  allowed: ReadonlySet<string>,
): boolean {
  if (headers.origin !== undefined) return !allowed.has(headers.origin)
  const site = headers['sec-fetch-site']
  return site !== undefined && site !== 'same-origin' && site !== 'none'
}
