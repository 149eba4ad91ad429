import { Stop } from '../race/command/stop.ts'
import { type Cleanup, newCleanup } from './cleanup.ts'
import { help, readOptions } from './command/options.ts'
import { defectsOf, verdictsOn } from './goals/goals.ts'
import { reportOf } from './report/report.ts'
import { saveResults } from './report/save.ts'
import type { Results } from './results.ts'
import { runBench } from './run.ts'

const exitCodes = { met: 0, missed: 1, cannotRun: 2, interrupted: 130 }

async function main(cleanup: Cleanup): Promise<number> {
  const args = process.argv.slice(2)
  const options = readOptions(args)
  if (options.help) {
    process.stdout.write(help)
    return exitCodes.met
  }
  const command = ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' ')
  const results: Results = { settings: {} }
  const isDone = await Promise.race([
    runBench(options, results, { command, say, cleanup }).then(() => true),
    interruption().then(() => false),
    defect(),
  ]).finally(() => {
    // What was measured before it ended early is worth telling all the same.
    if (Object.keys(results.settings).length === 0) return
    process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : reportOf(results))
  })
  if (!isDone) return exitCodes.interrupted
  if (options.save) await saveResults(results)
  const isMissed = verdictsOn(results).some(({ verdict }) => verdict === 'missed')
  return isMissed || defectsOf(results).length > 0 ? exitCodes.missed : exitCodes.met
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** A terminal's Ctrl-C comes to us and to npm, which passes its own on: within this time it is one wish. */
const sameWishMs = 500

/** Ends at the first Ctrl-C; the next one ends the process at once. */
function interruption(): Promise<unknown> {
  return new Promise<void>((resolve) => {
    let at: number | undefined
    process.on('SIGINT', () => {
      at ??= performance.now()
      if (performance.now() - at > sameWishMs) process.exit(exitCodes.interrupted)
      resolve()
    })
  })
}

/** A defect of the bench outside of what is waited for must not leave anything running either. */
function defect(): Promise<never> {
  return new Promise((_, reject) => process.once('uncaughtException', reject))
}

const cleanup = newCleanup()
try {
  process.exitCode = await main(cleanup)
} catch (error) {
  say(error instanceof Stop ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = exitCodes.cannotRun
} finally {
  await cleanup.run()
}
process.exit()
