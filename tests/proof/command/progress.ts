import type { Progress } from '../run.ts'

const everyMs = 1000
/** Where nobody looks at a terminal a line is written only so often. */
const everyInLog = 10

/** Says each second how far a run is, on one line. */
export function showProgress(progress: Progress): { end(): void } {
  const { stderr } = process
  const isTerminal = stderr.isTTY === true
  let before = 0
  let turn = 0

  function line(calls: number): string {
    const { tally, schedule, beganAt, rounds } = progress
    if (beganAt === null) return 'Making people, starting servers …'
    const seconds = Math.round((performance.now() - beganAt) / 1000)
    const kinds = [...tally.outcomes].sort(([, one], [, other]) => other - one)
    const outcomes = kinds.map(([kind, many]) => `${kind} ${many}`).join(', ')
    const faults = schedule === null ? 0 : schedule.happened.length
    const now = schedule?.current === undefined ? '' : ` (${schedule.current})`
    return `${seconds} s, ${calls}/s, ${tally.claims} claims, ${faults} faults${now}, ${rounds.length} rounds checked: ${outcomes}`
  }

  const timer = setInterval(() => {
    const { calls } = progress.tally
    turn += 1
    if (isTerminal) stderr.write(`\r\x1b[K${line(calls - before).slice(0, (stderr.columns || 80) - 1)}`)
    else if (turn % everyInLog === 0) stderr.write(`${line(calls - before)}\n`)
    before = calls
  }, everyMs)

  return {
    end() {
      clearInterval(timer)
      if (isTerminal) stderr.write('\r\x1b[K')
    },
  }
}
