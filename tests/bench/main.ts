import { Stop } from '../race/command/stop.ts'
import { type Cleanup, newCleanup } from './cleanup.ts'
import { help, readOptions } from './command/options.ts'
import { defectsOf, verdictsOn } from './goals/goals.ts'
import { reportOf } from './report/report.ts'
import { saveResults } from './report/save.ts'
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
  const results = await runBench(options, { command, say, cleanup })
  process.stdout.write(options.json ? `${JSON.stringify(results, null, 2)}\n` : reportOf(results))
  if (options.save) await saveResults(results)
  const isMissed = verdictsOn(results).some(({ verdict }) => verdict === 'missed')
  return isMissed || defectsOf(results).length > 0 ? exitCodes.missed : exitCodes.met
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Ends at the first Ctrl-C; a second one ends the process. */
function interruption(): Promise<number> {
  return new Promise((resolve) => process.once('SIGINT', () => resolve(exitCodes.interrupted)))
}

/** A defect of the bench outside of what is waited for must not leave anything running either. */
function defect(): Promise<never> {
  return new Promise((_, reject) => process.once('uncaughtException', reject))
}

const cleanup = newCleanup()
try {
  process.exitCode = await Promise.race([main(cleanup), interruption(), defect()])
} catch (error) {
  say(error instanceof Stop ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = exitCodes.cannotRun
} finally {
  await cleanup.run()
}
process.exit()
