import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { TRPCError } from '@trpc/server'
import type { Log } from '../log.ts'
import { commonFailure } from '../trpc/format.ts'
import { envelope } from './answer-failure.ts'

/** What Node gives up on before there is a request, by its error's code. */
const codes: Readonly<Record<string, 'TIMEOUT' | 'PAYLOAD_TOO_LARGE'>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'TIMEOUT',
  HPE_HEADER_OVERFLOW: 'PAYLOAD_TOO_LARGE',
}

interface Unreadable extends Error {
  readonly code?: string
  /** What came, as bytes, whatever Fastify's type says. */
  readonly rawPacket?: unknown
}

/** Answers bytes that are no HTTP request, or not one in time; only the socket is there to do it with. */
export function answerUnreadable(this: { log: Log }, error: Unreadable, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return
  const failure = commonFailure(
    new TRPCError({ code: codes[error.code ?? ''] ?? 'BAD_REQUEST', cause: error }),
  )
  failure.requestId = crypto.randomUUID()
  this.log.info({ err: { message: error.message, code: error.code }, reqId: failure.requestId }, 'no request')
  const body = JSON.stringify(envelope(failure))
  const status = failure.data.httpStatus
  const { rawPacket } = error
  const isHead = Buffer.isBuffer(rawPacket) && rawPacket.toString('latin1', 0, 5) === 'HEAD '
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'connection: close',
      'content-type: application/json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'cache-control: no-store',
      'x-content-type-options: nosniff',
      `x-request-id: ${failure.requestId}`,
      '',
      // An answer to HEAD has no body, whatever is wrong (RFC 9110, 9.3.2).
      isHead ? '' : body,
    ].join('\r\n'),
  )
}
