import fc from 'fast-check'
import type { Ending } from './socket.ts'

/** What becomes of a request on its way. Places are shares of its length. */
export interface Mangling {
  readonly how: keyof typeof hows
  readonly at: number
  readonly bytes: Uint8Array
  /** Into how many pieces it is cut to be sent. */
  readonly pieces: number
  readonly ending: Ending
}

const hows = {
  'cut short': (request: Buffer, at: number) => request.subarray(0, at),
  'with more in it': (request: Buffer, at: number, bytes: Buffer) =>
    Buffer.concat([request.subarray(0, at), bytes, request.subarray(at)]),
  'with less in it': (request: Buffer, at: number, bytes: Buffer) =>
    Buffer.concat([request.subarray(0, at), request.subarray(at + bytes.length + 1)]),
  'with other bytes in it': (request: Buffer, at: number, bytes: Buffer) =>
    Buffer.concat([request.subarray(0, at), bytes, request.subarray(at + bytes.length)]),
  'with more behind it': (request: Buffer, _at: number, bytes: Buffer) => Buffer.concat([request, bytes]),
  'with less length': (request: Buffer) => withText(request, /(content-length: )\d+/, '$11'),
  'with more length': (request: Buffer) => withText(request, /(content-length: \d+)/, '$10'),
  'with a length of nothing': (request: Buffer, _at: number, bytes: Buffer) =>
    withText(request, /(content-length: )\d+/, `$1${bytes.toString('latin1').replace(/[\r\n]/g, '')}`),
  'with two lengths': (request: Buffer) => withText(request, /(content-length: )(\d+)/, '$1$2\r\n$11$2'),
  'with length and chunks': (request: Buffer) =>
    withText(request, /(content-length: \d+)/, '$1\r\ntransfer-encoding: chunked'),
  'with another coding': (request: Buffer) => withText(request, /chunked/, 'gzip, chunked'),
  'with chunks that are longer': (request: Buffer) => withText(request, /(\r\n\r\n)([0-9a-f]+\r\n)/, '$1f$2'),
  'with chunks of no length': (request: Buffer) => withText(request, /(\r\n\r\n)([0-9a-f]+\r\n)/, '$1-1\r\n'),
  'with an extension of a chunk': (request: Buffer) =>
    withText(request, /(\r\n\r\n[0-9a-f]+)(\r\n)/, `$1;a="${'b'.repeat(2000)}"$2`),
  'with line feeds alone': (request: Buffer) => withText(request, /\r\n/g, '\n'),
  'of HTTP/1.0': (request: Buffer) => withText(request, /HTTP\/1\.1/, 'HTTP/1.0'),
  'of HTTP/2.0': (request: Buffer) => withText(request, /HTTP\/1\.1/, 'HTTP/2.0'),
  'of HTTP/0.9': (request: Buffer) => withText(request, / HTTP\/1\.1/, ''),
  'without a host': (request: Buffer) => withText(request, /host: localhost\r\n/, ''),
  'with no end of headers': (request: Buffer) =>
    withText(request, /\r\n\r\n/, `\r\nx: ${'y'.repeat(20_000)}`),
  'with a thousand headers': (request: Buffer) =>
    withText(request, /\r\n\r\n/, `${'\r\nx-a: b'.repeat(1000)}\r\n\r\n`),
  'with a folded header': (request: Buffer) => withText(request, /(host: localhost)/, '$1\r\n folded'),
  'twice, kept alive': (request: Buffer) =>
    Buffer.concat([withText(request, /connection: close/, 'connection: keep-alive'), request]),
  'as it was': (request: Buffer) => request,
}

function withText(request: Buffer, pattern: RegExp, text: string): Buffer {
  return Buffer.from(request.toString('latin1').replace(pattern, text), 'latin1')
}

export function mangled(request: Buffer, { how, at, bytes, pieces }: Mangling): Buffer[] {
  const all = hows[how](request, Math.floor(at * request.length), Buffer.from(bytes))
  const size = Math.max(1, Math.ceil(all.length / pieces))
  return Array.from({ length: Math.ceil(all.length / size) }, (_, part) =>
    all.subarray(part * size, (part + 1) * size),
  )
}

const wild = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 6 }),
  fc
    .constantFrom(
      '\0',
      '\r',
      '\n',
      '\r\n',
      '\r\n\r\n',
      ' ',
      ':',
      '\t',
      '\xff',
      '0\r\n\r\n',
      'GET / HTTP/1.1\r\n',
    )
    .map((text) => Buffer.from(text, 'latin1')),
)

const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

function manglingsBy(
  how: fc.Arbitrary<Mangling['how']>,
  ending: fc.Arbitrary<Ending>,
): fc.Arbitrary<Mangling> {
  return fc.record({ how, at: share, bytes: wild, pieces: fc.constantFrom(1, 1, 1, 3, 20), ending })
}

export const manglings = manglingsBy(
  fc.constantFrom(...(Object.keys(hows) as Mangling['how'][])),
  fc.constantFrom('end', 'end', 'end', 'reset'),
)
export const cuts = manglingsBy(fc.constant('cut short'), fc.constantFrom('end', 'end', 'reset'))
