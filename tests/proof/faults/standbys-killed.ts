import { setTimeout as sleep } from 'node:timers/promises'
import { between } from './choose.ts'
import { failoverOf } from './failover.ts'
import type { Fault } from './fault.ts'
import { rightAgain } from './right-again.ts'

export const standbysKilled: Fault = {
  name: 'standbys-killed',
  what: 'kill -9 of all standbys, so that nothing can be acknowledged',
  databases: ['patroni'],
  async inject(system, random) {
    const failover = failoverOf(system)
    const downMs = between(0, 3000, random)
    try {
      const killed = await failover.killStandbys()
      await sleep(downMs)
      return `killed ${killed.join(' and ')} for ${downMs} ms`
    } finally {
      await failover.heal()
      await rightAgain(system)
    }
  },
}
