import { setTimeout as sleep } from 'node:timers/promises'
import { between, oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { rightAgain } from './right-again.ts'

export const databaseUnreachable: Fault = {
  name: 'database-unreachable',
  what: 'a database that resets every connection and refuses others, for one server or for all',
  databases: ['postgres', 'patroni'],
  async inject(system, random, _moveClock, enough) {
    const cut = oneOf([system.servers, [oneOf(system.servers, random)]], random)
    const forMs = between(100, 2500, random)
    for (const { back } of cut) back?.cut()
    await Promise.all([sleep(forMs), enough?.()])
    await rightAgain(system)
    return `no database for ${cut.map(({ name }) => name).join(' and ')}, for ${forMs} ms`
  },
}
