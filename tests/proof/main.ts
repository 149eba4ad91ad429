import { newCleanup } from '../bench/cleanup.ts'
import { Stop } from '../race/command/stop.ts'
import { help, readOptions } from './command/options.ts'
import { showProgress } from './command/progress.ts'
import { resultOf } from './report/result-of.ts'
import { sentencesOf } from './report/sentences.ts'
import { writeReport } from './report/write.ts'
import type { Result } from './result.ts'
import { newProgress, type Progress, runProof } from './run.ts'
import { checkAgain } from './verdict/again.ts'
import { type Checking, startChecking } from './verdict/checking.ts'

const exitCodes = { proved: 0, violated: 1, undecided: 2, cannotRun: 2, interrupted: 130 }
const cleanup = newCleanup()

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  const options = readOptions(args, new Date())
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const command = ['npm run proof', ...(args.length > 0 ? ['--', ...args] : [])].join(' ')
  const checking = startChecking()
  cleanup.add(async () => checking.close())
  if (options.again !== undefined) return again(options.again, options.keepHistory, command, checking)
  const progress = newProgress(options)
  onInterruption(progress)
  say(`Proving Dibs on ${options.database} (seed ${options.seed}); the report goes to ${options.report}.`)
  const shown = showProgress(progress)
  await Promise.race([runProof(progress, { checking, cleanup }), defect()]).finally(shown.end)
  return told(resultOf(progress, { command, now: new Date() }), options.report)
}

/** Checks once more what an earlier run left undecided. Ctrl-C ends that, and leaves what is decided so far. */
async function again(
  dir: string,
  keepHistory: boolean,
  command: string,
  checking: Checking,
): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanup.run().then(() => process.exit(exitCodes.interrupted)))
  }
  say(`Checking again what ${dir} left undecided.`)
  return told(await checkAgain({ dir, command, keepHistory }, checking), dir)
}

/** Writes and says what came of it. Answers the exit code. */
async function told(result: Result, dir: string): Promise<number> {
  await writeReport(dir, result)
  process.stdout.write(sentencesOf(result, dir))
  if (result.isInterrupted && result.verdict !== 'violated') return exitCodes.interrupted
  return exitCodes[result.verdict]
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** A terminal's Ctrl-C comes to us and to npm, which passes its own on: within this time it is one wish. */
const sameWishMs = 500

/** The first Ctrl-C ends the run with what there is; the next one ends the process. */
function onInterruption(progress: Progress): void {
  let at: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (at === undefined) {
        at = performance.now()
        progress.isInterrupted = true
        say('\nEnding the run: checking what there is. Ctrl-C again to end at once.')
      } else if (performance.now() - at > sameWishMs) {
        void cleanup.run().then(() => process.exit(exitCodes.interrupted))
      }
    })
  }
}

/** A defect outside of what is waited for must not leave anything running either. */
function defect(): Promise<never> {
  return new Promise((_, reject) => process.once('uncaughtException', reject))
}

try {
  process.exitCode = await main()
} catch (error) {
  say(error instanceof Stop ? error.message : String(error instanceof Error ? error.stack : error))
  process.exitCode = exitCodes.cannotRun
} finally {
  await cleanup.run()
}
process.exit()
