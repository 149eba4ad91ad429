/** A request of the load, without what all of them have in common. */
export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** What a browser sends along from a page of the same site. */
export function commonHeaders(url: string): Record<string, string> {
  return {
    host: new URL(url).host,
    'user-agent': 'Mozilla/5.0 (X11; Linux x64) Chrome/140.0.0.0 Safari/537.36',
    accept: '*/*',
    'accept-language': 'en',
    'accept-encoding': 'gzip, deflate, br, zstd',
    origin: url,
    referer: `${url}/`,
    'sec-fetch-site': 'same-origin',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
  }
}

/** The bytes of a request on the wire, to the server at this URL. */
export function onWire(url: string, { method, path, headers, body }: Request): string {
  const text = body === undefined ? '' : JSON.stringify(body)
  const all = {
    ...commonHeaders(url),
    ...headers,
    ...(body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`
}
