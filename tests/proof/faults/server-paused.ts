import { setTimeout as sleep } from 'node:timers/promises'
import { databases } from '../system/system.ts'
import { between, oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { rightAgain } from './right-again.ts'

export const serverPaused: Fault = {
  name: 'server-paused',
  what: 'a Dibs process that stands still for a while (SIGSTOP, SIGCONT), its connections open',
  databases,
  async inject(system, random) {
    const { name, pid } = oneOf(system.servers, random)
    // Beyond the five seconds for which Dibs waits for a connection to its database, too.
    const pausedMs = oneOf([between(50, 500, random), between(1000, 3000, random), 6000], random)
    if (pid === null) throw new Error(`${name} does not run`)
    process.kill(pid, 'SIGSTOP')
    try {
      await sleep(pausedMs)
    } finally {
      process.kill(pid, 'SIGCONT')
    }
    await rightAgain(system)
    return `${name} paused for ${pausedMs} ms`
  },
}
