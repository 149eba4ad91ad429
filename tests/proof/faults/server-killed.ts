import { setTimeout as sleep } from 'node:timers/promises'
import { databases } from '../system/system.ts'
import { between, oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { rightAgain } from './right-again.ts'

export const serverKilled: Fault = {
  name: 'server-killed',
  what: 'kill -9 of a Dibs process, which is started again after a moment',
  databases,
  async inject(system, random) {
    const server = oneOf(system.servers, random)
    const downMs = between(0, 800, random)
    await server.kill()
    await sleep(downMs)
    await server.start()
    await rightAgain(system)
    return `${server.name} killed, started again ${downMs} ms later`
  },
}
