import { TRPCError } from '@trpc/server'
import type { CreateFastifyContextOptions } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { mostCallsInBatch } from '../../shared/wire.ts'
import type { Database } from '../database/open.ts'
import { openClaims } from '../domain/claims.ts'
import type { NameRules } from '../domain/name-rules.ts'
import { createWatches } from '../domain/watches.ts'
import type { Limits } from '../limits.ts'
import { isForeign } from '../origins.ts'
import { appRouter } from '../router.ts'
import type { Context } from '../trpc/context.ts'
import { Failure } from '../trpc/failure.ts'
import type { router } from '../trpc/init.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { type LeanTrpcOptions, leanTrpc } from './lean-trpc.ts'
import { networkOf } from './network.ts'
import { retryAfter } from './retry-after.ts'
import type { WhoIs } from './who-is.ts'

/** A router that is made with Dibs' own tRPC. */
type DibsRouter = ReturnType<typeof router>

export interface TrpcRoutesOptions {
  readonly whoIs: WhoIs
  readonly origins: ReadonlySet<string>
  readonly database: Database
  readonly rules: NameRules
  readonly limits: Limits | null
}

/** Dibs' procedures over HTTP: plain JSON, single or batched. */
export const trpcRoutes: FastifyPluginAsync<TrpcRoutesOptions> = (app, options) =>
  serveRouter(app, { ...options, router: appRouter })

/** Any procedures over HTTP, as Dibs serves its own. */
export async function serveRouter<R extends DibsRouter>(
  app: FastifyInstance,
  options: TrpcRoutesOptions & { readonly router: R },
): Promise<void> {
  const { router, origins, database, rules, limits } = options

  app.addHook('onRequest', (request, _reply, done) => done(refusalOf(request, origins)))

  const claims = openClaims(database, rules)
  const watches = createWatches(database)
  // They would keep the server from closing; their clients connect again, to whoever serves then.
  app.addHook('preClose', async () => watches.close())

  async function createContext({ req, res, info }: CreateFastifyContextOptions): Promise<Context> {
    // A GET, but one that takes up what its person may have.
    if (info.type === 'subscription' && req.headers.cookie !== undefined && isForeign(req.headers, origins)) {
      throw refusal(req, 'FORBIDDEN')
    }
    const idempotencyKey = req.method === 'POST' ? idempotencyKeyOf(req, callsIn(req) ?? 0) : undefined
    return {
      person: await whoIs(req, res),
      requestId: req.id,
      address: networkOf(req.ip),
      log: req.log,
      database,
      rules,
      limits,
      idempotencyKey,
      watches,
      claims,
    }
  }

  async function whoIs(request: FastifyRequest, reply: FastifyReply) {
    try {
      return await options.whoIs(request, reply)
    } catch (error) {
      request.log.error({ err: error }, 'cannot tell who is asking')
      throw refusal(request, 'UNAVAILABLE', error)
    }
  }

  const plugin: LeanTrpcOptions<R> = {
    trpcOptions: {
      router,
      createContext,
      // Ours says it better; this one counts what tRPC itself takes apart.
      maxBatchSize: mostCallsInBatch,
      // tRPC's own Vary takes the place of the one that CORS had set.
      responseMeta: ({ errors, type }) => ({
        headers: new Headers([
          ['vary', 'origin'],
          ...retryAfter(errors),
          // A stream has tRPC's cache-control, which lets it be kept.
          ...(type === 'subscription' ? noStore : []),
        ]),
      }),
    },
  }
  await app.register(leanTrpc<R>, plugin)
}

/** Why a request is refused before tRPC reads it, if it is. */
function refusalOf(request: FastifyRequest, origins: ReadonlySet<string>): TRPCError | undefined {
  const { method, headers, url } = request
  // tRPC would also take HEAD for a query, and PUT for a mutation.
  if (method !== 'GET' && method !== 'POST') return new TRPCError({ code: 'METHOD_NOT_SUPPORTED' })
  const calls = callsIn(request)
  if (calls === undefined) return new TRPCError({ code: 'BAD_REQUEST' })
  if (calls > mostCallsInBatch) return invalid(`Send at most ${mostCallsInBatch} calls in one batch.`)
  // On both tRPC would fail before there is a context to tell the request id; the first are for WebSockets.
  const search = new URLSearchParams(url.split('?')[1])
  if (search.has('connectionParams')) return new TRPCError({ code: 'BAD_REQUEST' })
  if (search.get('batch') !== '1' && wantsStream(request)) {
    return invalid('Only a batch can be answered as a stream.')
  }
  if (method !== 'POST') return undefined
  // Other types (multipart/form-data, text/plain) a foreign page may send without asking first.
  if (mediaType(request) !== 'application/json') return new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE' })
  if (headers.cookie !== undefined && isForeign(headers, origins)) return new Failure('FORBIDDEN', null)
  return undefined
}

function invalid(sentence: string): Failure {
  return new Failure('INVALID_INPUT', { fields: {}, form: [sentence] })
}

const noStore: [name: string, value: string][] = [['cache-control', 'no-store']]

/** A failure of a request for which there is no context to tell its id. */
function refusal({ id }: FastifyRequest, kind: 'FORBIDDEN' | 'UNAVAILABLE', cause?: unknown): Failure {
  const failure = new Failure(kind, null, { cause })
  failure.requestId = id
  return failure
}

/** As tRPC tells it. */
function wantsStream({ headers }: FastifyRequest): boolean {
  const accepted = headers['trpc-accept'] ?? headers.accept?.split(',').map((type) => type.trim())
  return [accepted].flat().includes('application/jsonl')
}

function mediaType({ headers }: FastifyRequest): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase()
}

/**
 * How many calls a request holds, as tRPC splits its path: it decodes once more what Fastify
 * decoded. Undefined where that can't be done.
 */
function callsIn({ params }: FastifyRequest): number | undefined {
  const { path } = params as { path: string }
  try {
    return decodeURIComponent(path).split(',').length
  } catch {
    return undefined
  }
}
