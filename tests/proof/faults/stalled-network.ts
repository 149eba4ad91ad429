import { setTimeout as sleep } from 'node:timers/promises'
import { databases } from '../system/system.ts'
import { between, oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { rightAgain } from './right-again.ts'

export const stalledNetwork: Fault = {
  name: 'stalled-network',
  what: 'a network that lets nothing through for a while, in front of a server or behind it',
  databases,
  async inject(system, random) {
    const { name, front, back } = oneOf(system.servers, random)
    const net = oneOf(
      [{ proxy: front, to: 'people' }, ...(back ? [{ proxy: back, to: 'the database' }] : [])],
      random,
    )
    const forMs = between(300, 4000, random)
    net.proxy.stall()
    await sleep(forMs)
    await rightAgain(system)
    return `nothing between ${name} and ${net.to} for ${forMs} ms`
  },
}
