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

interface Answering<R extends AnyTRPCRouter> {
  readonly reply: FastifyReply
  readonly info: TRPCRequestInfo
  readonly ctx: inferRouterContext<R> | undefined
  readonly errors: TRPCError[]
  readonly config: { readonly transformer: TRPCCombinedDataTransformer }
  readonly responseMeta: HTTPBaseHandlerOptions<R, FastifyRequest>['responseMeta']
  /** Those of every answer; what `responseMeta` adds stays also when this answer comes to nothing. */
  readonly headers: Headers
}

/** The body of an answer, with its status and headers on the reply; or a Response that has all three. */
export function answerWith<R extends AnyTRPCRouter>(
  envelope: Envelope,
  { reply, info, ctx, errors, config, responseMeta, headers }: Answering<R>,
): string | Response {
  const paths = info.calls.map(({ path }) => path)
  const { type } = info
  const meta = responseMeta?.({ ctx, info, paths, data: [envelope], errors, eagerGeneration: false, type })
  addTo(headers, meta?.headers)
  const status = meta?.status || ('error' in envelope ? getHTTPStatusCode(envelope) : 200)
  const body = JSON.stringify(serialised(envelope, config.transformer))
  const isPlain = hasBody(status) && headers.get('content-type') === 'application/json'
  if (!isPlain) return new Response(body, { status, headers })
  for (const [name, value] of headers) reply.header(name, value)
  // Without one Fastify would add a charset.
  reply.code(status).serializer(asItIs)
  return body
}

function addTo(headers: Headers, more: Headers | Record<string, string[] | string | undefined> = {}): void {
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
