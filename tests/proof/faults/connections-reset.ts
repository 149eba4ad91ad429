import { databases, type Server } from '../system/system.ts'
import { between, oneOf } from './choose.ts'
import type { Fault } from './fault.ts'
import { inTime, rightAgain } from './right-again.ts'

/** How long is waited until enough has passed through. */
const patienceMs = 3000
/** Within the first answers of a busy connection. */
const mostBytes = 3000

export const connectionsReset: Fault = {
  name: 'connections-reset',
  what: 'connections of people or to the database that are reset behind some byte, either way',
  databases,
  async inject(system, random) {
    const resets = Array.from({ length: between(2, 10, random) }, () => {
      const server = oneOf(system.servers, random)
      const way = oneOf(['to the server', 'to the client'] as const, random)
      return { ...netOf(server, random), way, bytes: between(0, mostBytes, random) }
    })
    const sprung = await Promise.all(
      resets.map(({ proxy, way, bytes }) => inTime(proxy.resetAfter(bytes, way), patienceMs)),
    )
    const told = resets.flatMap(({ name, way, bytes }, at) =>
      sprung[at] ? [`${name} ${way} behind byte ${bytes}`] : [],
    )
    // Too little went through for any, or as well.
    if (told.length === 0 || random() < 0.5) {
      const { proxy, name } = netOf(oneOf(system.servers, random), random)
      told.push(`all ${proxy.resetAll()} of ${name}`)
    }
    await rightAgain(system)
    return told.join(', ')
  },
}

function netOf({ name, front, back }: Server, random: () => number) {
  return oneOf(
    [{ name: `people–${name}`, proxy: front }, ...(back ? [{ name: `${name}–database`, proxy: back }] : [])],
    random,
  )
}
