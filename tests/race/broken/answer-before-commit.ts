import type { Answer } from '../ending.ts'
import { check, write } from './check-then-write.ts'
import type { Asked } from './claim-procedure.ts'

/** Broken: says yes as soon as the name looked free, and writes it meanwhile. */
export async function answerBeforeCommit(asked: Asked): Promise<Answer> {
  const row = await check(asked)
  write(asked, row).catch(() => {})
  return { username: asked.username, key: asked.key, claimedAt: new Date().toISOString() }
}
