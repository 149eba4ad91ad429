import { Stop } from '../race/command/stop.ts'
import { openArena } from './arena.ts'
import { type Cleanup, newCleanup } from './cleanup.ts'
import { measureClosed, windowsOf } from './closed.ts'
import { help, readOptions } from './command/options.ts'
import { closedTables } from './report/closed.ts'
import { contestants } from './servers/contestants.ts'

const interrupted = 130
const cannotRun = 2

async function main(cleanup: Cleanup): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const { only: operations, names: owners, profile } = options
  const servers = new Set(options.contestants.map((name) => contestants[name].server))
  const arena = await openArena([...servers], { owners, profile, say }, cleanup)
  const closed = { ...options, operations }
  const all = windowsOf(closed)
  let done = 0
  const lines = await measureClosed(arena, {
    ...closed,
    onWindow(what) {
      done += 1
      say(`${done} of ${all}: ${what}`)
    },
  })
  process.stdout.write(closedTables(lines))
  return 0
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Ends at the first Ctrl-C; a second one ends the process. */
function interruption(): Promise<number> {
  return new Promise((resolve) => process.once('SIGINT', () => resolve(interrupted)))
}

const cleanup = newCleanup()
try {
  process.exitCode = await Promise.race([main(cleanup), interruption()])
} catch (error) {
  say(error instanceof Stop ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = cannotRun
} finally {
  await cleanup.run()
}
process.exit()
