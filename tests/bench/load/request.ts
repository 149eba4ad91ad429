/** A request of the load, without what all of them have in common. */
export interface Request {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: unknown
}

/** All headers of a request to the server at this URL: its own, and those of a browser on a page of the same site. */
export function headersOf(url: string, request: Request): Record<string, string> {
  const body = bodyOf(request)
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
    ...request.headers,
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }),
  }
}

export function bodyOf({ body }: Request): string | undefined {
  return body === undefined ? undefined : JSON.stringify(body)
}

/** The bytes of a request on the wire. */
export function onWire(url: string, request: Request): string {
  const lines = Object.entries(headersOf(url, request)).map(([name, value]) => `${name}: ${value}`)
  return `${request.method} ${request.path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${bodyOf(request) ?? ''}`
}
