import { setTimeout as sleep } from 'node:timers/promises'
import { between } from './choose.ts'
import { failoverOf } from './failover.ts'
import type { Fault } from './fault.ts'
import { rightAgain } from './right-again.ts'

/** Patroni gives up the primary after about 5 seconds without etcd. */
const mostMs = 9000

export const etcdKilled: Fault = {
  name: 'etcd-killed',
  what: 'kill -9 of etcd, for long enough that the primary steps down, or not quite',
  databases: ['patroni'],
  async inject(system, random) {
    const failover = failoverOf(system)
    const downMs = between(500, mostMs, random)
    try {
      await failover.killEtcd()
      await sleep(downMs)
      return `no etcd for ${downMs} ms`
    } finally {
      await failover.heal()
      await rightAgain(system)
    }
  },
}
