import { initTRPC } from '@trpc/server'
import type { Context } from './context.ts'
import { formatError } from './format.ts'

const t = initTRPC.context<Context>().create({ isDev: false, errorFormatter: formatError })

export const { procedure, router, createCallerFactory, middleware } = t
