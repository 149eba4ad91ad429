import { setTimeout as sleep } from 'node:timers/promises'
import { type Asking, isUnknown, type Round } from './round.ts'
import type { Asked } from './wire.ts'

/** Until then everything has to be readable again. */
const withinMs = 180_000
/** For one answer. */
const patienceMs = 15_000
const waitMs = 50

/**
 * Reads every name and every person of a round until there is an answer, so that the history says
 * what all of it came to. False where there was none in time.
 */
export async function readAll(round: Round, random: () => number): Promise<boolean> {
  const { names, crowd } = round
  const until = performance.now() + withinMs

  async function read(by: Asking['by'], asked: Asked): Promise<boolean> {
    while (performance.now() < until) {
      const server = await round.server(0, random)
      const ended = await round.call(
        { process: 'referee', by, server, patienceMs, withinMs: patienceMs },
        asked,
      )
      if (!isUnknown(ended)) return true
      await sleep(waitMs)
    }
    return false
  }

  const reads = [
    ...names.all.map((username) => read(null, { procedure: 'profile.get', input: { username } })),
    ...crowd.people.map((person) => read(person, { procedure: 'profile.me', input: {} })),
  ]
  return (await Promise.all(reads)).every(Boolean)
}
