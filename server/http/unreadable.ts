import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { TRPCError } from '@trpc/server'
import type { Log } from '../log.ts'
import { commonFailure } from '../trpc/format.ts'
import { envelope } from './answer-failure.ts'
import type { OwedAnswers } from './owed-answers.ts'

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

/**
 * Answers bytes that are no HTTP request, or not one in time; only the socket is there to do it with. Where
 * another answer is owed, it would be taken for that one, or for a part of it: then what is owed is sent, and
 * no more.
 */
export function answerUnreadable(answers: OwedAnswers) {
  // Each packet that comes after one that is unreadable is told of again.
  const ending = new WeakSet<Socket>()
  return function answer(this: { log: Log }, error: Unreadable, socket: Socket): void {
    if (error.code === 'ECONNRESET' || !socket.writable || ending.has(socket)) return
    ending.add(socket)
    const err = { message: error.message, code: error.code }
    const last = answers.lastOwed(socket)
    if (last === undefined && !answers.isAnsweredEarly(socket)) {
      const reqId = crypto.randomUUID()
      this.log.info({ err, reqId }, 'no request')
      refuse(error, reqId, socket)
      return
    }
    this.log.info({ err }, 'no request')
    if (last === undefined) socket.destroySoon()
    else hangUpAfter(last, socket)
  }
}

function hangUpAfter(answer: ServerResponse, socket: Socket): void {
  // Node says so in its head, and hangs up.
  if (!answer.headersSent) answer.shouldKeepAlive = false
  answer.once('close', () => socket.destroySoon())
}

function refuse(error: Unreadable, requestId: string, socket: Socket): void {
  const failure = commonFailure(
    new TRPCError({ code: codes[error.code ?? ''] ?? 'BAD_REQUEST', cause: error }),
  )
  failure.requestId = requestId
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
      `x-request-id: ${requestId}`,
      '',
      // An answer to HEAD has no body, whatever is wrong (RFC 9110, 9.3.2).
      isHead ? '' : body,
    ].join('\r\n'),
  )
}
