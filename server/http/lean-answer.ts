import type {
  AnyTRPCRouter,
  inferRouterContext,
  TRPCCombinedDataTransformer,
  TRPCError,
  TRPCErrorShape,
} from '@trpc/server'
import { getHTTPStatusCode, type HTTPBaseHandlerOptions, type TRPCRequestInfo } from '@trpc/server/http'
import type { FastifyReply, FastifyRequest } from 'fastify'

/** What a call ended in, as it is before it is serialised. */
type Envelope = { readonly result: { readonly data: unknown } } | { readonly error: TRPCErrorShape }

/** A request under way. */
export interface Asking<R extends AnyTRPCRouter> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly info: TRPCRequestInfo
  ctx: inferRouterContext<R> | undefined
  /** With what `responseMeta` added, which stays also when that answer comes to nothing. */
  headers?: Headers
}

interface Options<R extends AnyTRPCRouter> {
  readonly transformer: TRPCCombinedDataTransformer
  readonly responseMeta: HTTPBaseHandlerOptions<R, FastifyRequest>['responseMeta']
}

const json = 'application/json'
/** What an answer depends on by itself (RFC 9110, 12.5.5). */
const vary = 'trpc-accept, accept'

export function answers<R extends AnyTRPCRouter>({ transformer, responseMeta }: Options<R>) {
  /** The body of an answer, with its status and headers on the reply; or a Response that has all three. */
  return function answerWith(envelope: Envelope, errors: TRPCError[], asking: Asking<R>): string | Response {
    const meta = responseMeta?.(metaOf(envelope, errors, asking))
    const status = meta?.status || ('error' in envelope ? getHTTPStatusCode(envelope) : 200)
    if (meta?.headers) {
      asking.headers ??= new Headers({ vary, 'content-type': json })
      addTo(asking.headers, meta.headers)
    }
    const { reply, headers } = asking
    const body = JSON.stringify(serialised(envelope, transformer))
    if (!hasBody(status) || (headers && headers.get('content-type') !== json)) {
      return new Response(body, { status, headers: headers ?? { vary, 'content-type': json } })
    }
    if (headers) for (const [name, value] of headers) reply.header(name, value)
    else reply.header('content-type', json).header('vary', vary)
    // Without one Fastify would add a charset.
    reply.code(status).serializer(asItIs)
    return body
  }
}

function metaOf<R extends AnyTRPCRouter>(data: Envelope, errors: TRPCError[], { info, ctx }: Asking<R>) {
  const paths = info.calls.map(({ path }) => path)
  return { ctx, info, paths, data: [data], errors, eagerGeneration: false, type: info.type }
}

function addTo(headers: Headers, more: Headers | Record<string, string[] | string | undefined>): void {
  if (more instanceof Headers) {
    for (const [name, value] of more) headers.append(name, value)
    return
  }
  for (const [name, value] of Object.entries(more)) {
    if (Array.isArray(value)) for (const one of value) headers.append(name, one)
    else if (typeof value === 'string') headers.set(name, value)
  }
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
