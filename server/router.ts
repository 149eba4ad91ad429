import type { TRPCBuiltRouter, TRPCDecorateCreateRouterOptions } from '@trpc/server'
import { profile } from './procedures/profile.ts'
import { createCallerFactory, router } from './trpc/init.ts'
import type { CommonShape } from './trpc/shape.ts'

const routes = { profile }

/** @internal */
export const appRouter = router(routes)

/**
 * The procedures as a client sees them: inputs, outputs and failures, but nothing of the
 * context they run in, so that its type needs neither Prisma nor Fastify.
 */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: CommonShape; transformer: false },
  TRPCDecorateCreateRouterOptions<typeof routes>
>

/**
 * Calls procedures without HTTP, with the same failures.
 *
 * @internal
 */
export const createCaller = createCallerFactory(appRouter)
