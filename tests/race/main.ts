import { randomFrom } from '../../server/domain/random.ts'
import { help, type Options, readOptions } from './command/options.ts'
import { findFree, findServer, signUp } from './command/people.ts'
import { progressOf } from './command/progress.ts'
import { asJson, resultOf, roundLine, verdictLines } from './command/report.ts'
import { type Round, runRound } from './command/round.ts'
import { Stop } from './command/stop.ts'

const exitCodes = { holds: 0, broken: 1, interrupted: 130 }
const cannotRun = 2

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  const rounds: Round[] = []
  try {
    await Promise.race([race(options, rounds), interruption()])
  } catch (error) {
    // What was found broken before that is the verdict all the same.
    if (resultOf(options, rounds).verdict !== 'broken') throw error
    tell(error)
  }
  const result = resultOf(options, rounds)
  process.stdout.write(options.json ? asJson(result) : verdictLines(result))
  return exitCodes[result.verdict]
}

/** Adds each round as it ends, so that what was found is known whenever one stops. */
async function race(options: Options, rounds: Round[]): Promise<void> {
  const { url, people, names, seed, json } = options
  const nameOf = (at: number) => `race-${seed.toString(36)}-${at}`
  await findServer(url)
  await findFree(url, nameOf(1))
  process.stderr.write(`Racing ${people} people for ${names} names at ${url} (seed ${seed}).\n`)
  const racers = await signUp(options, progressOf('Signed up', people))
  const random = randomFrom(seed)
  for (let at = 1; at <= names; at += 1) {
    const round = await runRound({ url, name: nameOf(at), random }, racers)
    rounds.push(round)
    if (!json) process.stdout.write(roundLine(round))
  }
}

/** Ends at the first Ctrl-C; a second one ends the process. */
function interruption(): Promise<void> {
  return new Promise((resolve) => process.once('SIGINT', () => resolve()))
}

function tell(error: unknown): void {
  const isExpected = error instanceof Stop
  process.stderr.write(
    `\n${isExpected ? error.message : String(error instanceof Error ? error.stack : error)}\n`,
  )
}

try {
  process.exit(await main())
} catch (error) {
  tell(error)
  process.exit(cannotRun)
}
