import { initTRPC } from '@trpc/server'
import type { Context } from './context.ts'
import { formatError } from './format.ts'

/** How often a stream with nothing to say shows that it is there: no proxy in between takes it for dead. */
const pingMs = 15_000
/** After how long a silence a client of ours connects again. */
const silenceMs = 40_000

/** What does not depend on whose tRPC it is. */
export const common = {
  isDev: false,
  sse: {
    ping: { enabled: true, intervalMs: pingMs },
    client: { reconnectAfterInactivityMs: silenceMs },
  },
} as const

const t = initTRPC.context<Context>().create({ ...common, errorFormatter: formatError })

export const { procedure, router, createCallerFactory, middleware } = t
