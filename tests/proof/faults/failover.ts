import { setTimeout as sleep } from 'node:timers/promises'
import type { Failover, System } from '../system/system.ts'
import { between } from './choose.ts'
import { rightAgain } from './right-again.ts'

export function failoverOf({ failover }: Pick<System, 'failover'>): Failover {
  if (failover === null) throw new Error('there is nobody to take over')
  return failover
}

/**
 * Takes the primary away, waits for another one, goes on without the old one for up to two seconds,
 * and brings it back. Resolves with who took over, and when.
 */
export async function failOver(
  system: System,
  random: () => number,
  takeAway: (failover: Failover) => Promise<string>,
): Promise<string> {
  const failover = failoverOf(system)
  const withoutMs = between(0, 2000, random)
  const from = performance.now()
  try {
    const old = await takeAway(failover)
    const next = await failover.promoted(old)
    const seconds = ((performance.now() - from) / 1000).toFixed(1)
    await sleep(withoutMs)
    return `${old}; ${next} took over ${seconds} s later`
  } finally {
    await failover.heal()
    await rightAgain(system)
  }
}
