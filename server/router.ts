import type { TRPCBuiltRouter, TRPCDecorateCreateRouterOptions } from '@trpc/server'
import type { DeclaredKind } from '../shared/failures.ts'
import { admin } from './procedures/admin.ts'
import { profile } from './procedures/profile.ts'
import { createCallerFactory, router } from './trpc/init.ts'
import type { CommonShape, DeclaredShape } from './trpc/shape.ts'

const routes = { profile, admin }

/** @internal */
export const appRouter = router(routes)

/**
 * The procedures as a client sees them: inputs, outputs and failures, but nothing of the
 * context they run in, so that its type needs neither Prisma nor Fastify. An error of which
 * only the router is known can be any failure.
 */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: CommonShape | DeclaredShape<DeclaredKind>; transformer: false },
  TRPCDecorateCreateRouterOptions<typeof routes>
>

/**
 * Calls procedures without HTTP, with the same failures.
 *
 * @internal
 */
export const createCaller = createCallerFactory(appRouter)
