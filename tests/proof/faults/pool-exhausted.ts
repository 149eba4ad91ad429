import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { holding, lockTable } from './holding.ts'
import { rightAgain } from './right-again.ts'

/** Longer than a call of Dibs waits for a connection (5 s), shorter than for a lock (8 s). */
const heldMs = 6500

export const poolExhausted: Fault = {
  name: 'pool-exhausted',
  what: 'locks that keep every connection of every server waiting, so that other calls get none',
  databases: ['postgres', 'patroni'],
  async inject(system, _random, _moveClock, enough) {
    const waited = await holding(system, async ({ query, waits }) => {
      await query(lockTable('usernames'))
      await Promise.all([sleep(heldMs), enough?.()])
      return (await waits()).length
    })
    await rightAgain(system)
    return `the names locked for ${heldMs / 1000} s; in the end ${waited} connections waited`
  },
}
