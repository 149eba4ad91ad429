import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second, to programs at least. */
const microsPerTick = 10_000

/** Processor time that a process has used, in microseconds. */
export function cpuOf(pid: number): number {
  const { own } = statOf(pid)
  return own
}

/** Processor time of a process and all the processes that it started, ended ones too. */
export function cpuOfAll(pid: number): number {
  const { own, ended } = statOf(pid)
  return own + ended + childrenOf(pid).reduce((sum, child) => sum + cpuIfThere(child), 0)
}

/** The most memory that a process has had since `forgetPeak`, in bytes. */
export function peakMemoryOf(pid: number): number {
  const [, kilobytes = ''] = readFileSync(`/proc/${pid}/status`, 'utf8').match(/^VmHWM:\s+(\d+) kB$/m) ?? []
  return Number(kilobytes) * 1024
}

/** Starts the count anew; what a process needed only to start is no part of it. */
export function forgetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

function statOf(pid: number) {
  // The second field is the program's name, in parentheses, which may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const micros = (at: number) => (Number(fields[at]) + Number(fields[at + 1])) * microsPerTick
  return { own: micros(11), ended: micros(13) }
}

function cpuIfThere(pid: number): number {
  try {
    return cpuOf(pid)
  } catch {
    // It ended just now, and its parent has it.
    return 0
  }
}

function childrenOf(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
}
