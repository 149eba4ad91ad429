import { profile } from './procedures/profile.ts'
import { createCallerFactory, router } from './trpc/init.ts'

export const appRouter = router({ profile })
export type AppRouter = typeof appRouter

/** Calls procedures without HTTP, with the same failures. */
export const createCaller = createCallerFactory(appRouter)
