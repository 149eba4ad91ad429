import { spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCommand } from '../../server/cli/command.ts'
import { root } from '../../server/root.ts'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/**
 * Runs a command line in this process; `answer` is what somebody at a terminal types, if anybody is
 * there, or what they do before.
 */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  answer?: string | (() => Promise<string>),
): Promise<Ran> {
  let [out, err] = ['', '']
  const terminal = {
    out(text: string) {
      out += text
    },
    err(text: string) {
      err += text
    },
    ask:
      answer === undefined ? undefined : async () => (typeof answer === 'string' ? answer : await answer()),
    isScreen: false,
  }
  const code = await runCommand(args, { terminal, environment: () => environment })
  return { code, out, err }
}

/** Where a process writes: to be read here, to a reader that is gone, or into an open file. */
type Sink = 'read' | 'gone' | number

/** Runs it, as built, as a process of its own, with nobody at a terminal. */
export async function runProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  { cwd, stdout = 'read', stderr = 'read' }: { cwd?: string; stdout?: Sink; stderr?: Sink } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [join(root, 'dist', 'server', 'cli', 'main.js'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', ...[stdout, stderr].map((sink) => (typeof sink === 'number' ? sink : 'pipe'))],
  })
  if (stdout === 'gone') child.stdout?.destroy()
  if (stderr === 'gone') child.stderr?.destroy()
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const read = (stream: Readable | null) => (stream === null || stream.destroyed ? '' : text(stream))
  const [out, err, code] = await Promise.all([read(child.stdout), read(child.stderr), ended])
  return { code, out, err }
}
