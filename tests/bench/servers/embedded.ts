import { spawn } from 'node:child_process'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../../../server/root.ts'
import { freePort } from '../../support/server.ts'
import type { Cleanup } from '../cleanup.ts'
import { asShipped } from './as-shipped.ts'

/** The built Dibs on its embedded database. */
export interface Embedded {
  readonly url: string
  /** How long it took from its start to its first answer. */
  readonly tookMs: number
  stop(): Promise<void>
}

/** Starts it on a directory of its own, and waits until a path is answered with one of these statuses. */
export async function startEmbedded(
  dataDir: string,
  { path, statuses }: { path: string; statuses: readonly number[] },
  cleanup: Cleanup,
): Promise<Embedded> {
  const port = await freePort()
  const started = performance.now()
  const { args, env } = asShipped()
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...env, PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), DATA_DIR: dataDir },
    stdio: 'ignore',
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  async function stop(): Promise<void> {
    child.kill('SIGTERM')
    await ended
  }
  cleanup.add(stop)
  const url = `http://localhost:${port}`
  while (!statuses.includes(await statusOf(`http://127.0.0.1:${port}${path}`))) {
    if (child.exitCode !== null) throw new Error(`Dibs ended with ${child.exitCode} as it started`)
    await sleep(5)
  }
  return { url, tookMs: performance.now() - started, stop }
}

/** 0 while nobody answers. */
function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    request(url, { agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .once('error', () => resolve(0))
      .end()
  })
}
