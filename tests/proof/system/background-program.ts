import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { processes, serviceUser } from '../../support/cluster.ts'

/** A program that runs beside the proof until it is killed, as whoever PostgreSQL runs as. */
export interface BackgroundProgram {
  /** Starts it, unless it runs. */
  start(): void
  /** Ends it and all that it started, as `kill -9` does; resolves when they are gone. */
  kill(): Promise<void>
  /** The same, without waiting: for when this process is about to end. */
  endNow(): void
}

/** @param log the file that it writes to */
export function newBackgroundProgram(
  program: string,
  args: readonly string[],
  log: string,
): BackgroundProgram {
  let child: ChildProcess | undefined
  const pid = () => (child?.exitCode === null && child.signalCode === null ? (child.pid ?? null) : null)
  return {
    start() {
      if (pid() !== null) return
      const to = openSync(log, 'a')
      const { PATH } = process.env
      child = spawn(program, args, { ...serviceUser(), env: { PATH }, stdio: ['ignore', to, to] })
      // That it could not be started shows in what waits for it.
      child.on('error', () => {})
    },
    async kill() {
      const running = pid()
      if (child === undefined || running === null) return
      const ended = once(child, 'exit')
      await killTree(running)
      await ended
    },
    endNow() {
      const running = pid()
      if (running !== null) killTreeNow(running)
    },
  }
}

/** Ends a process and all below it at once, as `kill -9` does; resolves when they are gone. */
export async function killTree(root: number): Promise<void> {
  const all = killTreeNow(root)
  while (processes().some(({ pid }) => all.includes(pid))) await sleep(20)
}

/** The same, without waiting for them to be gone. Answers which they were. */
export function killTreeNow(root: number): number[] {
  // Stopped, it makes no more of them, and doesn't mind that they end.
  signal(root, 'SIGSTOP')
  const all = [root, ...descendantsOf(root)]
  for (const pid of all) signal(pid, 'SIGKILL')
  return all
}

function descendantsOf(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const { pid, parent } of processes()) children.set(parent, [...(children.get(parent) ?? []), pid])
  const below = (pid: number): number[] =>
    (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)])
  return below(root)
}

function signal(pid: number, what: NodeJS.Signals): void {
  try {
    process.kill(pid, what)
  } catch {
    // It is gone.
  }
}
