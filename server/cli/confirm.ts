import type { WhoHeld } from '../../shared/history.ts'
import type { Administration } from './administration.ts'
import { whoLine } from './sentences.ts'
import { Stop } from './stop.ts'
import type { World } from './world.ts'

export interface ConfirmOptions {
  readonly yes?: true
}

/**
 * Says what is about to happen and asks whether it shall, unless with `--yes`.
 *
 * @throws {Stop} unless it shall; also where nobody is there to ask.
 */
export async function confirm(
  { terminal }: World,
  { yes }: ConfirmOptions,
  what: readonly string[],
): Promise<void> {
  if (yes) return
  const { ask, err } = terminal
  err(`${what.join('\n')}\n`)
  if (ask === undefined) {
    throw new Stop('REFUSED', 'Nobody is here to confirm this. Add --yes to do it without being asked.')
  }
  const answer = await ask('Do it? [y/N] ')
  if (!/^y(es)?$/i.test(answer.trim())) throw new Stop('DECLINED', 'Nothing was changed.')
}

/**
 * Confirms the change of a name, with whose it is and what becomes of it; `becoming` answers
 * null for a change that will be refused anyway.
 */
export async function confirmChange(
  world: World,
  options: ConfirmOptions,
  { admin, username }: { admin: Administration; username: string },
  becoming: (now: WhoHeld) => Promise<string[] | null> | string[] | null,
): Promise<void> {
  if (options.yes) return
  const now = await admin.whoHeld({ username })
  const what = await becoming(now)
  if (what !== null) await confirm(world, options, [whoLine(now), ...what])
}
