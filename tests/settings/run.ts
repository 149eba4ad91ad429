import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { root } from '../../server/root.ts'

interface Run {
  readonly settings?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** What the file .env holds in the directory it runs in. */
  readonly dotEnv?: string
}

/** Runs Dibs as built in a directory of its own, where it is expected to end by itself. */
export async function runMain({ settings = {}, args = [], dotEnv }: Run) {
  const cwd = await mkdtemp(join(tmpdir(), 'dibs-run-'))
  if (dotEnv !== undefined) await writeFile(join(cwd, '.env'), dotEnv)
  const child = spawn(process.execPath, [join(root, 'dist', 'server', 'main.js'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
  await rm(cwd, { recursive: true, force: true })
  return { stdout, stderr, code }
}
