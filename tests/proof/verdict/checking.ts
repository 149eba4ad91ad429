import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import type { FaultBand } from '../picture/draw-timeline.ts'

/** A history that is to be checked. */
export interface ToCheck {
  readonly file: string
  /** What a picture of it is called. */
  readonly title: string
  readonly rules: NameRules
  /** How often the rules are asked about it before it is given up, undecided. */
  readonly maxSteps: number
  /** What went wrong so far. */
  readonly faults: readonly FaultBand[]
  /** Where a picture is to be: of a violation, or, if there is none yet, of what people did around a fault. */
  readonly picture: string
}

/** What a history turned out to be. */
export interface Checked {
  readonly verdict: 'linearizable' | 'violated' | 'undecided'
  /** How many calls were judged, and how many steps that took. */
  readonly judged: number
  readonly steps: number
  readonly tookMs: number
  /** Why, for each violation. */
  readonly explanations: readonly string[]
}

/** The checker's process is gone, with no verdict: out of memory, for instance. */
export class CheckerEnded extends Error {}

/** Checks histories in another process, in the order in which they come. */
export interface Checking {
  /** Rejects where a history can't be read: then something was answered that is no answer. */
  check(history: ToCheck): Promise<Checked>
  close(): void
}

export function startChecking(): Checking {
  const waiting: { resolve(checked: Checked): void; reject(error: Error): void }[] = []
  const child: ChildProcess = fork(join(import.meta.dirname, 'check-child.ts'), {
    execArgv: ['--import', import.meta.resolve('tsx'), '--max-old-space-size=4096'],
    detached: true,
  })
  child.on('message', (answer: Checked | { failed: string }) => {
    const next = waiting.shift()
    if ('failed' in answer) next?.reject(new Error(answer.failed))
    else next?.resolve(answer)
  })
  child.once('exit', (code, signal) => {
    for (const { reject } of waiting.splice(0))
      reject(new CheckerEnded(`the checker ended with ${code ?? signal}`))
  })
  return {
    check: (history) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        child.send(history)
      }),
    close: () => void child.kill('SIGKILL'),
  }
}
