import { TRPCError } from '@trpc/server'
import type { FastifyRequest } from 'fastify'
import { mostCallsInBatch } from '../../shared/wire.ts'
import { Failure, invalidRequest } from '../trpc/failure.ts'
import { isJson, isUpload, jsonLines } from './media-type.ts'
import { isForeign } from './origins.ts'

/** Why a request is refused before tRPC reads it, if it is. */
export function refusalOf(request: FastifyRequest, origins: ReadonlySet<string>): TRPCError | undefined {
  const { method, headers, url } = request
  // tRPC would also take HEAD for a query, and PUT for a mutation.
  if (method !== 'GET' && method !== 'POST') return new TRPCError({ code: 'METHOD_NOT_SUPPORTED' })
  const calls = callsIn(request)
  if (calls === undefined) return new TRPCError({ code: 'BAD_REQUEST' })
  if (calls > mostCallsInBatch) return invalidRequest(`Send at most ${mostCallsInBatch} calls in one batch.`)
  // On both tRPC would fail before there is a context to tell the request id; the first are for WebSockets.
  const query = url.indexOf('?')
  const search = query === -1 ? undefined : new URLSearchParams(url.slice(query))
  if (search?.has('connectionParams')) return new TRPCError({ code: 'BAD_REQUEST' })
  if (search?.get('batch') !== '1' && wantsStream(request)) {
    return invalidRequest('Only a batch can be answered as a stream.')
  }
  const type = headers['content-type'] ?? ''
  // Other types (multipart/form-data, text/plain) a foreign page may send without asking first. Of a
  // GET most say nothing; for these tRPC would answer that its method is wrong, as it is not.
  if (method === 'POST' ? !isJson(type) : isUpload(type)) {
    return new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE' })
  }
  const isOfForeign = method === 'POST' && headers.cookie !== undefined && isForeign(headers, origins)
  return isOfForeign ? new Failure('FORBIDDEN', null) : undefined
}

/** As tRPC tells it. */
function wantsStream({ headers }: FastifyRequest): boolean {
  const { accept, 'trpc-accept': trpcAccept } = headers
  if (trpcAccept !== undefined) return [trpcAccept].flat().includes(jsonLines)
  return accept?.split(',').some((type) => type.trim() === jsonLines) ?? false
}

/**
 * How many calls a request holds, as tRPC splits its path: it decodes once more what Fastify
 * decoded. Undefined where that can't be done.
 */
function callsIn({ params }: FastifyRequest): number | undefined {
  const { path } = params as { path: string }
  if (!/[%,]/.test(path)) return 1
  try {
    return decodeURIComponent(path).split(',').length
  } catch {
    return undefined
  }
}
