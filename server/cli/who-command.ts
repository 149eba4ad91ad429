import type { Command } from 'commander'
import { WhoHeldInput } from '../../shared/history.ts'
import { checked } from './checked.ts'
import { nameCommand } from './name-command.ts'
import { whoLine } from './sentences.ts'
import { Stop } from './stop.ts'
import { type NameOptions, print, type World, withAdministration } from './world.ts'

interface Options extends NameOptions {
  readonly at?: string
}

export function whoCommand(world: World): Command {
  return nameCommand('who', 'tell what a name is and whose, now or at a time')
    .option('--at <time>', 'a time like 2026-11-24T12:00:00Z')
    .action(async (username: string, options: Options) => {
      const at = options.at === undefined ? undefined : instantOf(options.at)
      const input = checked(WhoHeldInput, { username, at })
      const result = await withAdministration(world, options, (admin) => admin.whoHeld(input))
      print(world, options, result, [whoLine(result, { past: at !== undefined })])
    })
}

/** ISO 8601 in any offset, or a day. */
function instantOf(value: string): string {
  const at = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(value)
    ? new Date(value)
    : undefined
  if (at !== undefined && !Number.isNaN(at.getTime())) return at.toISOString()
  throw new Stop('USAGE', `--at must be a time like 2026-11-24T12:00:00Z, not "${value}".`)
}
