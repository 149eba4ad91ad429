import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Stop } from '../../race/command/stop.ts'
import { writeReport } from '../report/write.ts'
import type { Result, RoundResult } from '../result.ts'
import { rules } from '../system/open-system.ts'
import type { Checking } from './checking.ts'
import { budgetRanOut, historyOf, maxSteps, notLinearizable, pictureIn } from './rounds.ts'

const timesAsMany = 20

export interface AgainOptions {
  /** Where the report of the run and its histories are. */
  readonly dir: string
  /** What it is asked with, for the report. */
  readonly command: string
  /** Whether the histories of rounds that are decided now stay. */
  readonly keepHistory: boolean
}

/**
 * Checks the rounds once more that an earlier run left undecided, with a larger budget. After each
 * its report is written anew, so that nothing is lost if the next one comes to no end.
 */
export async function checkAgain(
  { dir, command, keepHistory }: AgainOptions,
  checking: Checking,
): Promise<Result> {
  const file = join(dir, 'report.json')
  if (!existsSync(file)) throw new Stop(`There is no report.json in ${dir}.`)
  const before: Result = JSON.parse(await readFile(file, 'utf8'))
  const open = before.rounds.filter(({ verdict }) => verdict === 'undecided')
  for (const { number } of open) {
    if (!existsSync(historyOf(dir, number)))
      throw new Stop(`There is no history of round ${number} in ${dir}.`)
  }
  let result: Result = { ...before, command: `${before.command}; ${command}` }
  for (const round of open) {
    const again = await checked(round)
    result = judged({ ...result, rounds: result.rounds.map((one) => (one === round ? again : one)) })
    await writeReport(dir, result)
    if (again.verdict === 'linearizable' && !keepHistory) await rm(historyOf(dir, round.number))
  }
  return result

  async function checked(round: RoundResult): Promise<RoundResult> {
    const { verdict, judged, steps, tookMs, explanations } = await checking.check({
      file: historyOf(dir, round.number),
      title: `Dibs on ${before.settings.database}, seed ${before.settings.seed}, round ${round.number}`,
      rules,
      maxSteps: timesAsMany * maxSteps,
      faults: before.faults,
      picture: pictureIn(dir),
    })
    return { ...round, verdict, judged, steps, checkMs: tookMs, explanations }
  }
}

/** The same with a verdict that says what its rounds say. */
function judged(result: Result): Result {
  const decided = result.rounds.filter(({ verdict }) => verdict !== 'undecided')
  const settled = new Set(decided.map(({ number }) => budgetRanOut(number)))
  const undecided = result.undecided.filter((sentence) => !settled.has(sentence))
  const found = decided.flatMap(({ number, verdict, explanations }) =>
    verdict === 'violated' ? explanations.map((why) => notLinearizable(number, why)) : [],
  )
  const violations = [...new Set([...result.violations, ...found])]
  const verdict = violations.length > 0 ? 'violated' : undecided.length > 0 ? 'undecided' : 'proved'
  return { ...result, verdict, violations, undecided }
}
