import { join } from 'node:path'

/** How often the rules are asked about a round before it is given up, undecided; a minute or a few. */
export const maxSteps = 5_000_000

/** Where a run keeps the history of a round. */
export function historyOf(dir: string, round: number): string {
  return join(dir, `history-${round}.jsonl`)
}

/** Where the picture of a run is. */
export function pictureIn(dir: string): string {
  return join(dir, 'timeline.html')
}

/** Why a round is undecided. */
export function budgetRanOut(round: number): string {
  return `round ${round}: the checker could not decide within its budget`
}

/** Why a round is violated. */
export function notLinearizable(round: number, explanation: string): string {
  return `round ${round} is not linearizable: ${explanation}`
}
