import type { IncomingHttpHeaders } from 'node:http'
import type { TRPCRequestInfo } from '@trpc/server/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isJson, jsonLines } from './media-type.ts'

/** The input of a single JSON call as it was sent, still to be parsed; undefined for none. */
export interface SentInput {
  readonly json: string | undefined
}

/**
 * The input of a request that can only be one plain JSON call, as tRPC's links send it; undefined
 * for every request that tRPC might take for something else: a batch, a stream, a form, connection
 * parameters, or an address that the URL standard reads differently than it is written.
 */
export function plainInputOf({ raw, body }: FastifyRequest): SentInput | undefined {
  const { method, headers, url = '' } = raw
  if (!isJsonOrNothing(method, headers['content-type']) || mayAskForStream(headers)) return undefined
  if (!isReadAsWritten(url) || !isPlainHost(headers.host)) return undefined
  const query = url.indexOf('?')
  if (method === 'GET') return query === -1 ? { json: undefined } : inputIn(url.slice(query + 1))
  if (query !== -1 || typeof body !== 'string' || beginsWithMark(body)) return undefined
  return { json: body }
}

function isJsonOrNothing(method: string | undefined, type: string | undefined): boolean {
  return type === undefined ? method === 'GET' : isJson(type)
}

function mayAskForStream(headers: IncomingHttpHeaders): boolean {
  return headers['trpc-accept'] !== undefined || headers.accept?.includes(jsonLines) === true
}

/** Whether the URL standard takes a target for the path that it is, without a host or a fragment. */
function isReadAsWritten(url: string): boolean {
  return /^\/[^/\\]/.test(url) && !url.includes('#')
}

/** Whether it begins with a byte order mark, which the Fetch API drops. */
function beginsWithMark(body: string): boolean {
  return body.startsWith('\ufeff')
}

/** The host that was asked for last, mostly the only one. */
let knownHost: string | undefined

/** Whether a host is one that no URL refuses, or reads a name and password in. */
function isPlainHost(host: string | undefined): boolean {
  if (host === undefined) return false
  if (host === knownHost) return true
  if (!/^[\w.-]+(:\d+)?$/.test(host) || !URL.canParse(`http://${host}`)) return false
  knownHost = host
  return true
}

const prefix = 'input='

function inputIn(query: string): SentInput | undefined {
  if (!query.startsWith(prefix) || query.includes('&')) return undefined
  const value = query.slice(prefix.length)
  try {
    // tRPC takes an empty one for none.
    return { json: decodeURIComponent(value.replaceAll('+', ' ')) || undefined }
  } catch {
    return undefined
  }
}

/**
 * What tRPC tells `createContext` of a request with one call. Few ask for its signal and URL, and to
 * make them costs more than all else here.
 *
 * They are properties of its own, so that a copy has them, but with accessors that all share. In an
 * object literal each would have functions of its own, with which V8 keeps it as a dictionary: slow
 * to make, and late to be collected. `defineProperties` takes three times as long as one after the other.
 */
export class OneCall implements TRPCRequestInfo {
  readonly isBatchCall = false
  readonly accept = null
  readonly calls: TRPCRequestInfo['calls']
  readonly type: TRPCRequestInfo['type']
  readonly connectionParams = null
  declare readonly signal: AbortSignal
  declare readonly url: URL
  readonly #raw: FastifyRequest['raw']
  readonly #answer: FastifyReply['raw']
  #signal: AbortSignal | undefined
  #url: URL | undefined

  static readonly #itsSignal: PropertyDescriptor & ThisType<OneCall> = {
    enumerable: true,
    get() {
      this.#signal ??= signalOf(this.#answer)
      return this.#signal
    },
  }
  static readonly #itsUrl: PropertyDescriptor & ThisType<OneCall> = {
    enumerable: true,
    get() {
      const { socket, headers, url } = this.#raw
      this.#url ??= new URL(`${'encrypted' in socket ? 'https' : 'http'}://${headers.host}${url}`)
      return this.#url
    },
  }

  constructor(
    call: TRPCRequestInfo['calls'][number],
    type: TRPCRequestInfo['type'],
    { raw }: FastifyRequest,
    { raw: answer }: FastifyReply,
  ) {
    this.calls = [call]
    this.type = type
    this.#raw = raw
    this.#answer = answer
    Object.defineProperty(this, 'signal', OneCall.#itsSignal)
    Object.defineProperty(this, 'url', OneCall.#itsUrl)
  }
}

/** Aborted when whoever asks hangs up before the answer. */
function signalOf(answer: FastifyReply['raw']): AbortSignal {
  const controller = new AbortController()
  const close = () => {
    if (!answer.writableEnded) controller.abort()
  }
  if (answer.closed) close()
  else answer.once('close', close)
  return controller.signal
}
