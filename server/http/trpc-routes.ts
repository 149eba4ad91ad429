import type { AnyTRPCRouter, inferRouterContext, TRPCError } from '@trpc/server'
import type { CreateFastifyContextOptions } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import { mostCallsInBatch } from '../../shared/wire.ts'
import type { Database } from '../database/open.ts'
import { openClaims } from '../domain/claims.ts'
import type { LookUps } from '../domain/look-ups.ts'
import type { NameRules } from '../domain/name-rules.ts'
import { createWatches } from '../domain/watches.ts'
import type { Limits } from '../limits.ts'
import { appRouter } from '../router.ts'
import type { Context } from '../trpc/context.ts'
import { Failure } from '../trpc/failure.ts'
import { noteRequest } from '../trpc/format.ts'
import { type AskedType, demandedHeaders } from './demanded-headers.ts'
import { idempotencyKeyOf } from './idempotency-key.ts'
import { type LeanTrpcOptions, leanTrpc } from './lean-trpc.ts'
import { json } from './media-type.ts'
import { addressOf, networkOf } from './network.ts'
import { isForeign } from './origins.ts'
import { ofPersonMeant } from './person-meant.ts'
import { refusalOf } from './refusal.ts'
import { retryAfter } from './retry-after.ts'
import type { WhoIs } from './who-is.ts'

export interface TrpcRoutesOptions {
  readonly whoIs: WhoIs
  readonly origins: ReadonlySet<string>
  readonly database: Database
  readonly rules: NameRules
  readonly lookUps: LookUps
  readonly limits: Limits | null
}

/** Dibs' procedures over HTTP: plain JSON, single or batched. */
export const trpcRoutes: FastifyPluginAsync<TrpcRoutesOptions> = (app, options) =>
  serveRouter(app, { ...options, router: appRouter })

/** What a router's procedures are given besides what Dibs' own are. */
export type MoreContext<R extends AnyTRPCRouter> = Omit<inferRouterContext<R>, keyof Context>

export interface ServedRouter<R extends AnyTRPCRouter> extends TrpcRoutesOptions {
  readonly router: R
  /** Asked of each request once it is known who it is of. */
  readonly moreContext?:
    | ((options: CreateFastifyContextOptions, known: Context) => MoreContext<R> | Promise<MoreContext<R>>)
    | undefined
}

/** Any procedures over HTTP, as Dibs serves its own. */
export async function serveRouter<R extends AnyTRPCRouter>(
  app: FastifyInstance,
  options: ServedRouter<R>,
): Promise<void> {
  const { router, origins, database, rules, lookUps, limits, moreContext } = options
  const whoIs = ofPersonMeant(options.whoIs)

  app.addHook('onRequest', (request, reply, done) => {
    const refused = refusalOf(request, origins)
    if (refused !== undefined) reply.headers(demandedHeaders([refused], typeAsked(request, router)) ?? {})
    done(refused)
  })

  const claims = openClaims(database, rules)
  const watches = createWatches(database)
  // They would keep the server from closing; their clients connect again, to whoever serves then.
  app.addHook('preClose', async () => watches.close())

  async function ownContext({ req, res, info }: CreateFastifyContextOptions): Promise<Context> {
    // A GET, but one that takes up what its person may have.
    if (info.type === 'subscription' && req.headers.cookie !== undefined && isForeign(req.headers, origins)) {
      throw new Failure('FORBIDDEN', null)
    }
    // Nobody can tell it any more once they hung up.
    const address = networkOf(addressOf(req))
    const idempotencyKey = req.method === 'POST' ? idempotencyKeyOf(req, info.calls.length) : undefined
    return {
      person: await whoIs(req, res).catch((error: unknown) => {
        req.log.error({ err: error }, 'cannot tell who is asking')
        throw new Failure('UNAVAILABLE', null, { cause: error })
      }),
      requestId: req.id,
      address,
      log: req.log,
      database,
      rules,
      limits,
      idempotencyKey,
      watches,
      claims,
      lookUps,
    }
  }

  function wholeContext(more: NonNullable<typeof moreContext>) {
    return async (asked: CreateFastifyContextOptions) => {
      const own = await ownContext(asked)
      return { ...(await more(asked, own)), ...own }
    }
  }

  const plugin: LeanTrpcOptions<R> = {
    trpcOptions: {
      router,
      createContext: moreContext === undefined ? ownContext : wholeContext(moreContext),
      // Ours says it better; this one counts what tRPC itself takes apart.
      maxBatchSize: mostCallsInBatch,
      onError({ error, path, ctx, req }) {
        if (ctx === undefined) noteRequest(error, req.id)
        // What a procedure settled is a Failure, and in the log.
        const isDefect = !(error instanceof Failure) && error.code === 'INTERNAL_SERVER_ERROR'
        if (isDefect) req.log.error({ err: error, procedure: path }, 'defect')
      },
      responseMeta: ({ errors, type, info }) => ({
        headers: headersFor({ errors, type, isRead: info !== undefined }),
      }),
    },
  }
  await app.register(leanTrpc<R>, plugin)
}

/** In an array, so that they are added to tRPC's own, which take the place of those that CORS has set. */
const usual = Object.freeze({ vary: Object.freeze(['origin']) as string[] })

interface Answering {
  readonly errors: readonly TRPCError[]
  readonly type: AskedType
  /** Whether tRPC could make out what was asked. */
  readonly isRead: boolean
}

function headersFor({ errors, type, isRead }: Answering) {
  const wait = errors.length === 0 ? undefined : retryAfter(errors)
  const demanded = errors.length === 0 ? undefined : demandedHeaders(errors, type)
  const isStream = type === 'subscription'
  if (wait === undefined && demanded === undefined && !isStream && isRead) return usual
  return {
    ...usual,
    ...wait,
    ...demanded,
    // In an array, to be added to a stream's own, which lets it be kept, but changed by nobody on its way.
    ...(isStream && { 'cache-control': ['no-store'] }),
    // tRPC answers as text what it can't make out.
    ...(!isRead && { 'content-type': json }),
  }
}

/** By the paths as they are written: one that is escaped is no procedure's. */
function typeAsked({ params }: FastifyRequest, { _def: { procedures } }: AnyTRPCRouter): AskedType {
  const { path } = params as { path: string }
  const types = new Set(path.split(',').map((one) => procedures[one]?._def.type))
  const [type = 'unknown', ...others] = types
  return others.length === 0 ? type : 'unknown'
}
