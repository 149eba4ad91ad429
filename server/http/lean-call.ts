import {
  type AnyTRPCProcedure,
  type AnyTRPCRouter,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  type inferRouterContext,
  TRPCError,
} from '@trpc/server'
import type { FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import type { TRPCRequestInfo } from '@trpc/server/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { answerWith } from './lean-answer.ts'
import { inputOf } from './lean-input.ts'
import { plainInputOf, signalOf, urlOf } from './lean-request.ts'

/** The method that calls of a type are sent by, unless a server lets it be overridden. */
const methods: Readonly<Record<string, string>> = { query: 'GET', mutation: 'POST' }

/**
 * Answers single JSON calls of queries and mutations step for step as tRPC's `resolveResponse`
 * does (11.22), but without a Request, and mostly without a Response. Every other request is
 * undefined: also those of procedures that are not there, or not loaded yet.
 */
export function leanCalls<R extends AnyTRPCRouter>({
  router,
  createContext,
  responseMeta,
  onError,
}: FastifyTRPCPluginOptions<R>['trpcOptions']) {
  const config = router._def._config
  const procedures: Readonly<Record<string, AnyTRPCProcedure | undefined>> = router._def.procedures

  return function answer(request: FastifyRequest, reply: FastifyReply) {
    const { path } = request.params as { path: string }
    const procedure = procedures[path]
    // tRPC decodes once more what Fastify decoded.
    if (procedure === undefined || path.includes('%')) return undefined
    if (methods[procedure._def.type] !== request.method) return undefined
    const sent = plainInputOf(request)
    return sent && answerCall(request, reply, { path, procedure, json: sent.json })
  }

  async function answerCall(
    request: FastifyRequest,
    reply: FastifyReply,
    { path, procedure, json }: { path: string; procedure: AnyTRPCProcedure; json: string | undefined },
  ): Promise<string | Response> {
    const { type } = procedure._def
    const { read: getRawInput, result } = inputOf(json, config.transformer)
    const signal = signalOf(reply)
    const info: TRPCRequestInfo = {
      isBatchCall: false,
      accept: null,
      calls: [{ batchIndex: 0, path, procedure, getRawInput, result }],
      type,
      connectionParams: null,
      signal,
      url: urlOf(request),
    }
    const headers = new Headers({ vary: 'trpc-accept, accept', 'content-type': 'application/json' })
    const answering = { reply, info, config, responseMeta, headers }
    let ctx: inferRouterContext<R> | undefined

    async function called() {
      try {
        ctx = await createContext?.({ req: request, res: reply, info })
        const data: unknown = await procedure({ path, getRawInput, ctx, type, signal, batchIndex: 0 })
        return { result: { data } }
      } catch (cause) {
        const error = getTRPCErrorFromUnknown(cause)
        onError?.({ error, path, input: result(), ctx, type, req: request })
        return { error }
      }
    }

    try {
      const end = await called()
      if ('error' in end) {
        const { error } = end
        const shape = getTRPCErrorShape({ config, ctx, error, input: result(), path, type })
        return answerWith({ error: shape }, { ...answering, ctx, errors: [error] })
      }
      if (isStream(end.result.data)) throw asNoStream()
      return answerWith(end, { ...answering, ctx, errors: [] })
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause)
      const unsaid = { path: undefined, input: undefined }
      onError?.({ error, ...unsaid, ctx, type, req: request })
      const shape = getTRPCErrorShape({ config, ctx, error, ...unsaid, type })
      return answerWith({ error: shape }, { ...answering, ctx, errors: [error] })
    }
  }
}

/** What tRPC answers only as a stream: something that yields, or an object that holds one or a promise. */
function isStream(data: unknown): boolean {
  if (!isObject(data)) return false
  if (Symbol.asyncIterator in data) return true
  return Object.values(data).some(
    (value) => isPromise(value) || (isObject(value) && Symbol.asyncIterator in value),
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPromise(value: unknown): boolean {
  return (
    (isObject(value) || typeof value === 'function') &&
    'then' in value &&
    typeof value.then === 'function' &&
    'catch' in value &&
    typeof value.catch === 'function'
  )
}

function asNoStream(): TRPCError {
  return new TRPCError({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    message: 'Cannot use stream-like response in non-streaming request - use httpBatchStreamLink',
  })
}
