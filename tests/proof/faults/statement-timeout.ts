import { setTimeout as sleep } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { holding, lockTable } from './holding.ts'
import { rightAgain } from './right-again.ts'

/** Each shorter than Dibs waits for one lock (8 s), together longer than a statement may run (10 s). */
const heldMs = [6000, 5000] as const

export const statementTimeout: Fault = {
  name: 'statement-timeout',
  what: 'statements that wait for one lock and then for another, for longer than they may run (SQLSTATE 57014)',
  databases: ['postgres', 'patroni'],
  async inject(system, _random, _moveClock, enough) {
    await holding(system, async ({ query: names }) => {
      await holding(system, async ({ query: profiles }) => {
        await profiles(lockTable('profiles'))
        // Nobody who waits for the profiles has a lock on the names yet.
        await names(lockTable('usernames'))
        await sleep(heldMs[0])
      })
      await Promise.all([sleep(heldMs[1]), enough?.()])
    })
    await rightAgain(system)
    return `the profiles locked for ${heldMs[0] / 1000} s, the names for ${(heldMs[0] + heldMs[1]) / 1000} s`
  },
}
