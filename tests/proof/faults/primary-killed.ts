import { failOver } from './failover.ts'
import type { Fault } from './fault.ts'

export const primaryKilled: Fault = {
  name: 'primary-killed',
  what: 'kill -9 of the primary, PostgreSQL and Patroni, until a standby has taken over',
  databases: ['patroni'],
  async inject(system, random) {
    return `killed ${await failOver(system, random, (failover) => failover.killPrimary())}`
  },
}
