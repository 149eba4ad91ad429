import {
  type AnyTRPCProcedure,
  type AnyTRPCRouter,
  getTRPCErrorFromUnknown,
  getTRPCErrorShape,
  TRPCError,
} from '@trpc/server'
import type { FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import type { TRPCRequestInfo } from '@trpc/server/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Asking, answers } from './lean-answer.ts'
import { inputOf } from './lean-input.ts'
import { callProcedure } from './lean-procedure.ts'
import { OneCall, plainInputOf } from './lean-request.ts'

type Call = TRPCRequestInfo['calls'][number] & { readonly procedure: AnyTRPCProcedure }

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
  const answerWith = answers({ transformer: config.transformer, responseMeta })

  return function answer(request: FastifyRequest, reply: FastifyReply) {
    const { path } = request.params as { path: string }
    const procedure = procedures[path]
    // tRPC decodes once more what Fastify decoded.
    if (procedure === undefined || path.includes('%')) return undefined
    const { type } = procedure._def
    if (methods[type] !== request.method) return undefined
    const sent = plainInputOf(request)
    if (sent === undefined) return undefined
    const { read: getRawInput, result } = inputOf(sent.json, config.transformer)
    const call = { batchIndex: 0, path, procedure, getRawInput, result }
    return answerCall(call, { request, reply, info: new OneCall(call, type, request, reply), ctx: undefined })
  }

  async function answerCall(call: Call, asking: Asking<R>): Promise<string | Response> {
    const { path, result } = call
    const { type } = asking.info
    try {
      const end = await called(call, asking)
      if (end instanceof Error) {
        const { ctx } = asking
        const shape = getTRPCErrorShape({ config, ctx, error: end, input: result(), path, type })
        return answerWith({ error: shape }, [end], asking)
      }
      if (isStream(end.result.data)) throw asNoStream()
      return answerWith(end, [], asking)
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause)
      const { ctx, request: req } = asking
      const unsaid = { path: undefined, input: undefined }
      onError?.({ error, ...unsaid, ctx, type, req })
      const shape = getTRPCErrorShape({ config, ctx, error, ...unsaid, type })
      return answerWith({ error: shape }, [error], asking)
    }
  }

  async function called({ path, procedure, getRawInput, result }: Call, asking: Asking<R>) {
    const { request: req, reply: res, info } = asking
    const { type } = procedure._def
    try {
      asking.ctx = await createContext?.({ req, res, info })
      const { ctx } = asking
      const data = await callProcedure(procedure, { path, type, ctx, getRawInput, info })
      return { result: { data } }
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause)
      onError?.({ error, path, input: result(), ctx: asking.ctx, type, req })
      return error
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
