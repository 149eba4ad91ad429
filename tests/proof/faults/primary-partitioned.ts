import { failOver } from './failover.ts'
import type { Fault } from './fault.ts'

export const primaryPartitioned: Fault = {
  name: 'primary-partitioned',
  what: 'a primary that hears nothing of etcd and the standbys any more, while Dibs is connected to it',
  databases: ['patroni'],
  async inject(system, random) {
    return `cut off ${await failOver(system, random, (failover) => failover.partitionPrimary())}`
  },
}
