import { type Credentials, headersOf, type Who } from './credentials.ts'

export type Header = readonly [name: string, value: string]

/** A request before it is written; of its texts each character is a byte. */
export interface Request {
  readonly method: string
  /** The request target, as it is. */
  readonly target: string
  readonly headers: readonly Header[]
  readonly credentials: Credentials
  readonly body?: string | Uint8Array
  /** By what the server is to know the end of the body (RFC 9112, 6). */
  readonly framing: 'length' | 'chunks'
}

/** Writes a request after which the server is to hang up. */
export function written(request: Request, people: readonly Who[]): Buffer {
  const { method, target, headers, credentials, framing } = request
  const body = request.body === undefined ? undefined : Buffer.from(request.body)
  const all = [
    ['host', 'localhost'],
    ...headers,
    ...headersOf(credentials, people),
    ['connection', 'close'],
    ...(body === undefined ? [] : [ends[framing](body)]),
  ]
  const head = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), '', '']
  const framed = body === undefined ? [] : framing === 'chunks' ? inChunks(body) : [body]
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), ...framed])
}

const ends = {
  length: (body: Buffer): Header => ['content-length', String(body.length)],
  chunks: (): Header => ['transfer-encoding', 'chunked'],
}

/** In two where that is possible. */
function inChunks(body: Buffer): Buffer[] {
  const half = Math.ceil(body.length / 2)
  const parts = [body.subarray(0, half), body.subarray(half)].filter(({ length }) => length > 0)
  return [
    ...parts.flatMap((part) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    Buffer.from('0\r\n\r\n'),
  ]
}
