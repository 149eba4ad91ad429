import type { AnyTRPCRouter, TRPCDefaultErrorShape, TRPCError } from '@trpc/server'
import type { FastifyInstance } from 'fastify'
import type { Database } from './database/open.ts'
import { openLookUps } from './domain/look-ups.ts'
import { answerFailure } from './http/answer-failure.ts'
import { fetchHeaders } from './http/fetch-headers.ts'
import { allowedOrigins } from './http/origins.ts'
import { type ServedRouter, serveRouter } from './http/trpc-routes.ts'
import { type Authenticate, personFrom } from './identity/authenticate.ts'
import { limitsInMemory } from './limits.ts'
import type { Settings } from './settings.ts'
import type { Context } from './trpc/context.ts'
import { Failure } from './trpc/failure.ts'
import { formatError } from './trpc/format.ts'
import { common } from './trpc/init.ts'

/**
 * What to make tRPC of one's own with, whose routers can have Dibs' procedures in them: what those end in
 * reaches callers as from Dibs itself, and all other errors have tRPC's form.
 *
 * @example initTRPC.context<Context & { tenant: string }>().create(tellingFailures)
 */
export const tellingFailures = {
  ...common,
  errorFormatter: (told: { shape: TRPCDefaultErrorShape; error: TRPCError; ctx: Context | undefined }) =>
    told.error instanceof Failure ? formatError(told) : told.shape,
}

export interface MountOptions<R extends AnyTRPCRouter> {
  /** Made by tRPC with `tellingFailures`; has `procedures` at its top, for clients of Dibs' to find them. */
  readonly router: R
  readonly settings: Pick<Settings, 'publicUrl' | 'corsOrigins' | 'rateLimits' | 'nameRules'>
  readonly database: Database
  /** Who sent a request: whom Dibs' procedures act for. */
  readonly authenticate: Authenticate
  /** What the other procedures are given besides; without it the same as Dibs'. */
  readonly moreContext?: ServedRouter<R>['moreContext']
}

/**
 * Serves a router of one's own, with Dibs' procedures in it, as Dibs serves them: with its rate limits, its
 * refusal of foreign pages, `Idempotency-Key`, `Dibs-Person` and all other headers. Give that app a
 * `maxParamLength` that takes the paths of a batch.
 */
export async function mountRouter<R extends AnyTRPCRouter>(
  app: FastifyInstance,
  { settings, database, authenticate, ...options }: MountOptions<R>,
): Promise<void> {
  const { nameRules: rules, rateLimits } = settings
  app.setErrorHandler(answerFailure)
  await serveRouter(app, {
    ...options,
    whoIs: async (request) => personFrom(await authenticate(fetchHeaders(request))),
    origins: allowedOrigins(settings),
    database,
    rules,
    lookUps: openLookUps(database, rules),
    limits: rateLimits ? limitsInMemory() : null,
  })
}
