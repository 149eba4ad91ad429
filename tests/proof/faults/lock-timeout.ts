import { setTimeout as sleep } from 'node:timers/promises'
import { oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { holding, lockTable } from './holding.ts'
import { rightAgain } from './right-again.ts'

/** Longer than a statement of Dibs waits for a lock (8 s), shorter than it may run (10 s). */
const heldMs = 9400

export const lockTimeout: Fault = {
  name: 'lock-timeout',
  what: 'a lock that is held for longer than Dibs waits for one (SQLSTATE 55P03)',
  databases: ['postgres', 'patroni'],
  async inject(system, random, _moveClock, enough) {
    const table = oneOf(['usernames', 'profiles'] as const, random)
    await holding(system, async ({ query }) => {
      await query(lockTable(table))
      await Promise.all([sleep(heldMs), enough?.()])
    })
    await rightAgain(system)
    return `${table} locked for ${heldMs / 1000} s`
  },
}
