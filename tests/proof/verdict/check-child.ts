import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { reservedFromStart } from '../../../server/database/reserved.ts'
import { checkNames } from '../checker/check-names.ts'
import { type Call, readHistory } from '../history.ts'
import { drawTimeline, type FaultBand } from '../picture/draw-timeline.ts'
import type { Checked, ToCheck } from './checking.ts'

// Checks histories in a process of its own, one after the other, beside the run that makes them.

/** So many calls a picture has at most. */
const mostDrawn = 300
/** Of those around a fault, so many nanoseconds before it and after it. */
const aroundNs = 100e6

async function checked({ file, title, rules, maxSteps, faults, picture }: ToCheck): Promise<Checked> {
  const started = performance.now()
  const calls = await readHistory(file)
  const { verdict, judged, steps, violations, orders } = checkNames(calls, {
    rules,
    reserved: reservedFromStart.keys(),
    maxSteps,
  })
  const [first] = violations
  const fault = faults.find(({ from, to }) => calls.some(({ call }) => call >= from && call <= to))
  if (first !== undefined) {
    const { calls, stuck, explanation } = first
    await writeFile(picture, drawTimeline({ title, explanation, calls, faults, highlighted: [stuck.id] }))
  } else if (fault !== undefined && !existsSync(picture)) {
    const near = around(calls, fault)
    const drawn = new Set(near.map(({ id }) => id))
    const order = orders.flat().filter(({ id }) => drawn.has(id))
    const explanation = [`What people asked for around a fault: ${fault.name}, ${fault.what}.`]
    await writeFile(picture, drawTimeline({ title, explanation, calls: near, faults: [fault], order }))
  }
  return {
    verdict,
    judged,
    steps,
    tookMs: Math.round(performance.now() - started),
    explanations: violations.map(({ explanation }) => explanation.join(' ')),
  }
}

/** The calls that were under way around the beginning of a fault. */
function around(calls: readonly Call[], { from, to }: FaultBand): Call[] {
  const until = Math.min(to, from + aroundNs) + aroundNs
  return calls
    .filter((call) => call.call <= until && (call.return ?? until) >= from - aroundNs)
    .sort((one, other) => Math.abs(one.call - from) - Math.abs(other.call - from))
    .slice(0, mostDrawn)
    .sort((one, other) => one.call - other.call)
}

let queue = Promise.resolve()
process.on('message', (task: ToCheck) => {
  queue = queue.then(async () => {
    const answer = await checked(task).catch((error: unknown) => ({ failed: String(error) }))
    process.send?.(answer)
  })
})
process.on('disconnect', () => process.exit())
// Ctrl-C is for the run, which ends this process when it has what it needs.
process.on('SIGINT', () => {})
