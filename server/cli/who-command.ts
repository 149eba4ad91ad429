import type { Command } from 'commander'
import * as z from 'zod/mini'
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
      const result = await withAdministration(world, options, (admin) => admin.whoHeld(input), {
        toRead: true,
      })
      print(world, options, result, [whoLine(result, { past: at !== undefined })])
    })
}

/** ISO 8601 in any offset, to the minute or finer, or a day. `Date` alone takes 30 February for 2 March. */
const Time = z.union([
  z.iso.date(),
  z.iso.datetime({ offset: true, precision: -1 }),
  z.iso.datetime({ offset: true }),
])

function instantOf(value: string): string {
  const time = Time.safeParse(value)
  if (time.success) return new Date(time.data).toISOString()
  throw new Stop('USAGE', `--at must be a time like 2026-11-24T12:00:00Z, not "${value}".`)
}
