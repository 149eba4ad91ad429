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

/** How many changes are asked for at a time, and all in all: at most, and where --limit doesn't say. */
const pageSize = 100
const most = 10_000
const usual = '50'

export function historyCommand(world: World): Command {
  return nameCommand('history', 'tell everything that happened to a name, latest first')
    .option('--limit <n>', 'how many changes at most, 1 to 10000', usual)
    .option('--before <id>', 'those before a change, by its id')
    .action(async (username: string, options: Options) => {
      const limit = /^\d{1,5}$/.test(options.limit) ? Number(options.limit) : 0
      if (limit < 1 || limit > most) {
        throw new Stop('USAGE', `--limit must be a whole number from 1 to ${most}, not "${options.limit}".`)
      }
      const { before } = checked(NameHistoryInput, { username, before: options.before })
      const tell = async (admin: Administration) => {
        const result = await read(admin, username, limit, before)
        print(world, options, result, options.json ? [] : linesOf(username, options, result))
      }
      await withAdministration(world, options, tell, { toRead: true })
    })
}

function linesOf(username: string, options: Options, { changes, next }: NameHistory): string[] {
  if (changes.length === 0) {
    const { before } = options
    return before === undefined
      ? [`Nothing ever happened to ${username}.`]
      : [`Nothing happened to ${username} before change ${before}.`]
  }
  const lines = changes.map(changeLine)
  return next === null ? lines : [...lines, `There is more: ${commandBefore(next, username, options)}`]
}

/** What to type for those before a change. */
function commandBefore(id: string, username: string, { limit, url }: Options): string {
  const words = ['npm run dibs -- names history', `--before ${id}`]
  if (limit !== usual) words.push(`--limit ${limit}`)
  // In quotes, for a shell to take no part of it for its own.
  if (url !== undefined) words.push(`--url '${url.replaceAll("'", '%27')}'`)
  words.push(username.startsWith('-') ? `-- ${username}` : username)
  return words.join(' ')
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
