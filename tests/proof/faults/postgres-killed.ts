import { setTimeout as sleep } from 'node:timers/promises'
import { between } from './choose.ts'
import type { Fault } from './fault.ts'
import { postgresOf, rightAgain } from './right-again.ts'

export const postgresKilled: Fault = {
  name: 'postgres-killed',
  what: 'kill -9 of all processes of PostgreSQL, which is started again and recovers from its log',
  databases: ['postgres'],
  async inject(system, random) {
    const postgres = postgresOf(system)
    const downMs = between(0, 1500, random)
    await postgres.kill()
    await sleep(downMs)
    await postgres.start()
    await rightAgain(system)
    return `PostgreSQL killed, started again ${downMs} ms later`
  },
}
