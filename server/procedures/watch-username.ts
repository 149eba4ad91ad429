import type * as z from 'zod'
import { WatchUsernameInput, type WatchUsernameOutput } from '../../shared/schemas.ts'
import { usernameKey } from '../../shared/username.ts'
import { Failure } from '../trpc/failure.ts'
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
    const { limits, person, address, watches } = ctx
    const leave = limits?.enter('watch', person?.id ?? address)
    if (leave === null) throw new Failure('RATE_LIMITED', { retryAfterMs })
    try {
      const asked = { key: usernameKey(username), personId: person?.id ?? null }
      for await (const status of watches.follow(asked, signal)) yield { status }
    } finally {
      leave?.()
    }
    if (!signal?.aborted) throw new Failure('UNAVAILABLE', null)
  })
