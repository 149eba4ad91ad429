import type { AnyTRPCRouter, TRPCDefaultErrorShape, TRPCError } from '@trpc/server'
import type { FastifyInstance } from 'fastify'
import type { Database } from './database/open.ts'
import { openLookUps } from './domain/look-ups.ts'
import { answerFailure } from './http/answer-failure.ts'
import { expectHostWithoutUser } from './http/host-without-user.ts'
import { storeNowhere } from './http/no-store.ts'
import { allowedOrigins } from './http/origins.ts'
import { type MoreContext, type ServedRouter, serveRouter } from './http/trpc-routes.ts'
import { whoIsBy } from './http/who-is.ts'
import type { Authenticate } from './identity/authenticate.ts'
import { limitsInMemory } from './limits.ts'
import { procedures } from './router.ts'
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
  errorFormatter: (told: Told) => (isOfDibs(told) ? formatError(told) : withoutCause(told)),
}

interface Told {
  readonly shape: TRPCDefaultErrorShape
  readonly error: TRPCError
  readonly ctx: Context | undefined
  readonly path: string | undefined
}

/** Whether it is of Dibs' procedures, or of a request that came to none. */
function isOfDibs({ error, ctx, path = '' }: Told): boolean {
  return error instanceof Failure || ctx === undefined || Object.hasOwn(procedures, path.split('.')[0] ?? '')
}

/** What was thrown that is no TRPCError is in the log, and tells nobody else its words. */
function withoutCause({ shape, error }: Told): TRPCDefaultErrorShape {
  const isDefect = error.code === 'INTERNAL_SERVER_ERROR' && error.cause !== undefined
  return isDefect ? { ...shape, message: 'Something went wrong on our side.' } : shape
}

interface Mounting<R extends AnyTRPCRouter> {
  /** Made by tRPC with `tellingFailures`; has `procedures` at its top, for clients of Dibs' to find them. */
  readonly router: R
  readonly settings: Pick<Settings, 'publicUrl' | 'corsOrigins' | 'rateLimits' | 'nameRules'>
  readonly database: Database
  /** Who sent a request: whom Dibs' procedures act for. */
  readonly authenticate: Authenticate
}

/** What the other procedures are given besides; without it the same as Dibs'. */
type MoreContextOf<R extends AnyTRPCRouter> = keyof MoreContext<R> extends never
  ? { readonly moreContext?: undefined }
  : { readonly moreContext: NonNullable<ServedRouter<R>['moreContext']> }

export type MountOptions<R extends AnyTRPCRouter> = Mounting<R> & MoreContextOf<R>

/**
 * Serves a router of one's own, with Dibs' procedures in it, as Dibs serves them: with its rate limits, its
 * refusal of foreign pages, `Idempotency-Key`, `Dibs-Person` and `no-store`. Give that app a `maxParamLength`
 * that takes the paths of a batch.
 */
export async function mountRouter<R extends AnyTRPCRouter>(
  app: FastifyInstance,
  { settings, database, authenticate, ...options }: MountOptions<R>,
): Promise<void> {
  const { nameRules: rules, rateLimits } = settings
  app.setErrorHandler(answerFailure)
  storeNowhere(app)
  expectHostWithoutUser(app)
  await serveRouter(app, {
    ...options,
    whoIs: whoIsBy(authenticate),
    origins: allowedOrigins(settings),
    database,
    rules,
    lookUps: openLookUps(database, rules),
    limits: rateLimits ? limitsInMemory() : null,
  })
}
