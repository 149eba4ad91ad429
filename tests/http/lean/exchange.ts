import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request as it goes over a socket. */
export interface Sent {
  readonly method: string
  /** The request target, as it is. */
  readonly target: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
  /** After what to hang up, of an answer that has no end. */
  readonly until?: string
}

/** What came back, without the date. */
export interface Came {
  readonly status: number
  /** In the order of their names; those of one name in the order they came. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  /** By what the end of the body is known (RFC 9112, 6). */
  readonly framing: 'length' | 'chunks' | 'none'
}

const framings: Readonly<Record<string, Came['framing']>> = {
  'content-length': 'length',
  'transfer-encoding': 'chunks',
}

/** Sends one request over a socket of its own. */
export async function exchange(port: number, { method, target, headers, body, until }: Sent): Promise<Came> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const all = Object.entries({ host: 'localhost', connection: 'close', ...length, ...headers })
  const head = [`${method} ${target} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), '', '']
  socket.write(Buffer.from(head.join('\r\n'), 'latin1'))
  if (body !== undefined) socket.write(body)
  return read(until === undefined ? await buffer(socket) : await bufferUntil(socket, until))
}

async function bufferUntil(socket: Socket, end: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) {
    chunks.push(chunk)
    if (Buffer.concat(chunks).includes(end)) return Buffer.concat([...chunks, Buffer.from('0\r\n')])
  }
  throw new Error(`ended before ${end}`)
}

function read(bytes: Buffer): Came {
  const end = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const all = lines.map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  const rest = bytes.subarray(end + 4)
  const [framing = 'none', ...others] = all.flatMap(([name]) => framings[name] ?? [])
  if (others.length > 0) throw new Error(`framed twice: ${lines.join('; ')}`)
  const body = framing === 'chunks' ? joined(rest) : rest
  const length = all.find(([name]) => name === 'content-length')?.[1]
  if (length !== undefined && body.length > 0 && Number(length) !== body.length)
    throw new Error(`not ${length} long`)
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: all
      .filter(([name]) => name !== 'date' && !(name in framings))
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
    body: body.toString('latin1'),
    framing,
  }
}

/** The body that came in chunks (RFC 9112, 7.1). */
function joined(bytes: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const line = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16)
    if (line === -1 || Number.isNaN(size)) throw new Error('the last chunk is missing')
    if (size === 0) return Buffer.concat(chunks)
    chunks.push(bytes.subarray(line + 2, line + 2 + size))
    at = line + 2 + size + 2
  }
}
