import type { TRPCBuiltRouter, TRPCDecorateCreateRouterOptions } from '@trpc/server'
import type { DeclaredKind } from '../shared/failures.ts'
import { admin } from './procedures/admin.ts'
import { profile } from './procedures/profile.ts'
import { createCallerFactory, router } from './trpc/init.ts'
import type { CommonShape, DeclaredShape } from './trpc/shape.ts'

/** Dibs' procedures, to be put into a router of one's own too; see server/mount.ts. */
export const procedures = { profile, admin }

/** @internal */
export const appRouter = router(procedures)

/**
 * The procedures as a client sees them: inputs, outputs and failures, but nothing of the
 * context they run in, so that its type needs neither Prisma nor Fastify. An error of which
 * only the router is known can be any failure.
 */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: CommonShape | DeclaredShape<DeclaredKind>; transformer: false },
  TRPCDecorateCreateRouterOptions<typeof procedures>
>

/**
 * Calls procedures without HTTP, with the same failures.
 *
 * @internal
 */
export const createCaller = createCallerFactory(appRouter)
