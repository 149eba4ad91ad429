import type { System } from '../system/system.ts'
import { between, oneOf } from './choose.ts'
import { backsOf, inTime, rightAgain } from './right-again.ts'

/** How long is waited until somebody commits. */
const patienceMs = 3000

/** Resets some connections to the database around a commit each, one after the other. */
export async function resetAtCommits(
  system: System,
  random: () => number,
  when: 'before' | 'after',
): Promise<string> {
  const many = between(1, 12, random)
  let done = 0
  for (let at = 0; at < many; at++) {
    if (await inTime(oneOf(backsOf(system), random).resetAtCommit(when), patienceMs)) done += 1
  }
  await rightAgain(system)
  return `${done} of ${many} connections reset ${when} a commit`
}
