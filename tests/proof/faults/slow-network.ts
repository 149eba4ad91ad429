import { setTimeout as sleep } from 'node:timers/promises'
import { databases } from '../system/system.ts'
import { between, oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { backsOf, rightAgain } from './right-again.ts'

export const slowNetwork: Fault = {
  name: 'slow-network',
  what: 'a network that delays what goes through it, and lets only so much through',
  databases,
  async inject(system, random) {
    const fronts = system.servers.map(({ front }) => front)
    const nets = [
      { name: 'people', proxies: fronts },
      { name: 'the database', proxies: backsOf(system) },
      { name: 'one server', proxies: [oneOf(fronts, random)] },
    ].filter(({ proxies }) => proxies.length > 0)
    const { name, proxies } = oneOf(nets, random)
    const delayMs = between(1, 120, random)
    const bytesPerSecond = between(20_000, 400_000, random)
    const forMs = between(800, 2500, random)
    for (const proxy of proxies) proxy.slow({ delayMs, bytesPerSecond })
    await sleep(forMs)
    await rightAgain(system)
    return `${delayMs} ms later and ${bytesPerSecond} bytes a second between Dibs and ${name}, for ${forMs} ms`
  },
}
