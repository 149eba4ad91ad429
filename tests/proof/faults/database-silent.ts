import { setTimeout as sleep } from 'node:timers/promises'
import { oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { rightAgain } from './right-again.ts'

/** Longer than Dibs waits for an answer, which is 12 seconds. */
const silentMs = 13_000

export const databaseSilent: Fault = {
  name: 'database-silent',
  what: 'a database that answers nothing for longer than Dibs waits, over connections that stay open',
  databases: ['postgres', 'patroni'],
  async inject(system, random, _moveClock, enough) {
    const { name, back } = oneOf(system.servers, random)
    back?.stall()
    await Promise.all([sleep(silentMs), enough?.()])
    await rightAgain(system)
    return `nothing between ${name} and the database for ${silentMs / 1000} s`
  },
}
