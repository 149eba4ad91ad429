import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { runCommand } from '../../server/cli/command.ts'
import type { Location } from '../../server/database/open.ts'
import { root } from '../../server/root.ts'

export interface Ran {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command line in this process; `answer` is what somebody at a terminal types, if anybody is there. */
export async function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
  answer?: string,
): Promise<Ran> {
  let [out, err] = ['', '']
  const terminal = {
    out(text: string) {
      out += text
    },
    err(text: string) {
      err += text
    },
    ask: answer === undefined ? undefined : async () => answer,
    isScreen: false,
  }
  const code = await runCommand(args, { terminal, environment })
  return { code, out, err }
}

/** Runs it as a process of its own, with nobody at a terminal. */
export async function runProcess(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<Ran> {
  const tsx = import.meta.resolve('tsx')
  const child = spawn(process.execPath, ['--import', tsx, join(root, 'server', 'cli', 'main.ts'), ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  return { code, out, err }
}

/** The settings that lead to a database. */
export function settingsOf(location: Location): Record<string, string> {
  return 'url' in location ? { DATABASE_URL: location.url } : { DATA_DIR: location.dataDir }
}
