import type { Limited } from '../limits.ts'
import { Failure } from './failure.ts'
import { middleware } from './init.ts'

/** Counts each call, also each of a batch, against a limit, by person or else by address. */
export function limited(what: Limited) {
  return middleware(async ({ ctx, next }) => {
    const retryAfterMs = await ctx.limits?.take(what, ctx.person?.id ?? ctx.address)
    if (retryAfterMs) throw new Failure('RATE_LIMITED', { retryAfterMs })
    return next()
  })
}
