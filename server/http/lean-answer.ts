import type {
  AnyTRPCRouter,
  inferRouterContext,
  TRPCCombinedDataTransformer,
  TRPCError,
  TRPCErrorShape,
} from '@trpc/server'
import { getHTTPStatusCode, type HTTPBaseHandlerOptions, type TRPCRequestInfo } from '@trpc/server/http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AnswerHeaders, tRpcHeaders, withMore } from './lean-headers.ts'
import { json } from './media-type.ts'

/** What a call ended in, as it is before it is serialised. */
type Envelope = { readonly result: { readonly data: unknown } } | { readonly error: TRPCErrorShape }

/** A request under way. */
export interface Asking<R extends AnyTRPCRouter> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly info: TRPCRequestInfo
  ctx: inferRouterContext<R> | undefined
  /** With what `responseMeta` added, which stays also when that answer comes to nothing. */
  headers?: AnswerHeaders
}

interface Options<R extends AnyTRPCRouter> {
  readonly transformer: TRPCCombinedDataTransformer
  readonly responseMeta: HTTPBaseHandlerOptions<R, FastifyRequest>['responseMeta']
}

export function answers<R extends AnyTRPCRouter>({ transformer, responseMeta }: Options<R>) {
  /** The body of an answer, with its status and headers on the reply; or a Response that has all three. */
  return function answerWith(envelope: Envelope, errors: TRPCError[], asking: Asking<R>): string | Response {
    const meta = responseMeta?.(metaOf(envelope, errors, asking))
    const status = meta?.status || ('error' in envelope ? getHTTPStatusCode(envelope) : 200)
    if (meta?.headers) asking.headers = withMore(asking.headers, meta.headers)
    const { reply, headers = tRpcHeaders } = asking
    const body = JSON.stringify(serialised(envelope, transformer))
    if (!hasBody(status) || headers.type !== json) return new Response(body, { status, headers: headers.all })
    for (const [name, value] of headers.all) reply.header(name, value)
    // Without one Fastify would add a charset.
    reply.code(status).serializer(asItIs)
    return body
  }
}

function metaOf<R extends AnyTRPCRouter>(data: Envelope, errors: TRPCError[], { info, ctx }: Asking<R>) {
  const paths = info.calls.map(({ path }) => path)
  return { ctx, info, paths, data: [data], errors, eagerGeneration: false, type: info.type }
}

function serialised(envelope: Envelope, { output }: TRPCCombinedDataTransformer): unknown {
  return 'error' in envelope
    ? { error: output.serialize(envelope.error) }
    : { result: { data: output.serialize(envelope.result.data) } }
}

/** Whether an answer of this status is sure to have a body; only a Response knows what to make of others. */
function hasBody(status: number): boolean {
  return status === 200 || (Number.isInteger(status) && status >= 400 && status < 600)
}

function asItIs(body: string): string {
  return body
}
