import type * as z from 'zod'
import { skeletonsOf } from '../../shared/look-alikes.ts'
import { WatchUsernameInput, type WatchUsernameOutput } from '../../shared/schemas.ts'
import { topicsOf } from '../domain/topics.ts'
import { endAsLimited, endAsUnavailable } from '../trpc/ending.ts'
import { limited } from '../trpc/limited.ts'
import { anyone } from '../trpc/procedure.ts'

/** How long somebody who watches too many names is told to wait before the next. */
const retryAfterMs = 10_000

/**
 * What claiming a username would meet, now and each time that changes. Advice, as
 * `checkUsername` is. It never ends by itself: when the server stops it is `UNAVAILABLE`, on
 * which a client connects again.
 */
export const watchUsername = anyone()
  .use(limited('watch'))
  .input(WatchUsernameInput)
  .subscription(async function* ({
    ctx,
    input: { username },
    signal,
  }): AsyncGenerator<z.output<typeof WatchUsernameOutput>, void> {
    const { limits, person, address, rules, watches } = ctx
    const leave = limits?.enter('watch', person?.id ?? address)
    if (leave === null) endAsLimited(retryAfterMs)
    try {
      const [skeleton = null] = skeletonsOf([username], rules.lookAlikes).skeletons
      const topics = topicsOf([username], rules)
      for await (const status of watches.follow({ username, skeleton, person }, topics, signal)) {
        yield { status }
      }
    } finally {
      leave?.()
    }
    if (!signal?.aborted) endAsUnavailable()
  })
