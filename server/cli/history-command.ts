import type { Command } from 'commander'
import { type NameHistory, NameHistoryInput } from '../../shared/history.ts'
import type { Administration } from './administration.ts'
import { checked } from './checked.ts'
import { nameCommand } from './name-command.ts'
import { changeLine } from './sentences.ts'
import { Stop } from './stop.ts'
import { type NameOptions, print, type World, withAdministration } from './world.ts'

interface Options extends NameOptions {
  readonly limit: string
  readonly before?: string
}

/** How many changes are asked for at a time, and all in all at most. */
const pageSize = 100
const most = 10_000

export function historyCommand(world: World): Command {
  return nameCommand('history', 'tell everything that happened to a name, latest first')
    .option('--limit <n>', 'how many changes at most', '50')
    .option('--before <id>', 'those before a change, by its id')
    .action(async (username: string, options: Options) => {
      const limit = /^\d{1,5}$/.test(options.limit) ? Number(options.limit) : 0
      if (limit < 1 || limit > most) {
        throw new Stop('USAGE', `--limit must be a whole number from 1 to ${most}, not "${options.limit}".`)
      }
      const { before } = checked(NameHistoryInput, { username, before: options.before })
      const result = await withAdministration(world, options, (admin) => read(admin, username, limit, before))
      const lines = result.changes.map(changeLine)
      print(world, options, result, lines.length > 0 ? lines : [`Nothing ever happened to ${username}.`])
    })
}

async function read(
  admin: Administration,
  username: string,
  limit: number,
  before: string | undefined,
): Promise<NameHistory> {
  const page = await admin.usernameHistory({ username, before, limit: Math.min(limit, pageSize) })
  const rest = limit - page.changes.length
  if (page.next === null || rest === 0) return page
  const more = await read(admin, username, rest, page.next)
  return { changes: [...page.changes, ...more.changes], next: more.next }
}
