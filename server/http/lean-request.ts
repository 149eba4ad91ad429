import type { TRPCRequestInfo } from '@trpc/server/http'
import type { FastifyReply, FastifyRequest } from 'fastify'

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
  const type = headers['content-type']
  if (type === undefined ? method !== 'GET' : !isJson(type)) return undefined
  if (headers['trpc-accept'] !== undefined || headers.accept?.includes('application/jsonl')) return undefined
  if (!/^\/[^/\\]/.test(url) || url.includes('#') || !isPlainHost(headers.host)) return undefined
  const query = url.indexOf('?')
  if (method === 'GET') return query === -1 ? { json: undefined } : inputIn(url.slice(query + 1))
  // The Fetch API drops a byte order mark.
  if (query !== -1 || typeof body !== 'string' || body.startsWith('\ufeff')) return undefined
  return { json: body }
}

/** Media types are case-insensitive, and may have parameters (RFC 9110, 8.3.1). */
function isJson(type: string): boolean {
  return type === 'application/json' || type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
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

/** What tRPC tells `createContext` of a request with one call. */
export function infoOf(
  call: TRPCRequestInfo['calls'][number],
  type: TRPCRequestInfo['type'],
  { raw }: FastifyRequest,
  reply: FastifyReply,
): TRPCRequestInfo {
  return {
    isBatchCall: false,
    accept: null,
    calls: [call],
    type,
    connectionParams: null,
    signal: signalOf(reply),
    url: new URL(`${'encrypted' in raw.socket ? 'https' : 'http'}://${raw.headers.host}${raw.url}`),
  }
}

/** Aborted when whoever asks hangs up before the answer. */
function signalOf({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableEnded) controller.abort()
  })
  return controller.signal
}
