import { Pool } from 'undici'
import type { Wire } from './wire.ts'

/** What came of a request: an answer, or why there is none. */
export type Reply =
  | { readonly status: number; readonly body: string }
  /** `isSent` is false where nothing of it can have reached anybody. */
  | { readonly lost: string; readonly isSent: boolean }

/** Connections that are kept alive, to one server. */
export interface Connection {
  /** Sends a request, and breaks the connection after so many milliseconds without an answer. Never rejects. */
  send(wire: Wire, authorization: string | null, withinMs: number): Promise<Reply>
  close(): Promise<void>
}

const noHeaders = {}

/** Connects to a server whenever there is something to send, so many times at most. */
export function connectTo(url: string, connections: number): Connection {
  const pool = new Pool(url, { connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

  function send(
    { method, path, body }: Wire,
    authorization: string | null,
    withinMs: number,
  ): Promise<Reply> {
    return new Promise((resolve) => {
      let isSent = false
      let isOver = false
      let abort: (() => void) | undefined
      let status = 0
      let text: Buffer | undefined
      const end = (reply: Reply) => {
        isOver = true
        clearTimeout(timer)
        resolve(reply)
      }
      const timer = setTimeout(() => {
        end({ lost: 'abandoned', isSent })
        abort?.()
      }, withinMs)
      const headers = {
        ...(authorization === null ? noHeaders : { authorization }),
        ...(body === null ? noHeaders : { 'content-type': 'application/json' }),
      }
      pool.dispatch(
        { method, path, headers, body },
        {
          onRequestStart(controller) {
            abort = () => controller.abort(new Error('given up'))
            if (isOver) abort()
            else isSent = true
          },
          onResponseStart(_controller, code) {
            status = code
          },
          onResponseData(_controller, chunk) {
            text = text === undefined ? chunk : Buffer.concat([text, chunk])
          },
          onResponseEnd() {
            if (!isOver) end({ status, body: text?.toString() ?? '' })
          },
          onResponseError(_controller, error) {
            if (!isOver) end({ lost: codeOf(error), isSent })
          },
        },
      )
    })
  }

  return { send, close: () => pool.destroy() }
}

/** `ECONNRESET`, or how else the system or undici calls it. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
