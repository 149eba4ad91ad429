import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../support/server.ts'
import { nowNs } from '../clock.ts'
import { openProxy } from './open-proxy.ts'
import type { Proxy as TcpProxy } from './proxy.ts'
import type { Server } from './system.ts'

/** How long a process may take from its start until it is ready. */
const startWithinMs = 120_000

/** One of Dibs' processes, with what a load balancer in front of it would know. */
export interface DibsServer extends Server {
  /** Whether it takes requests; what is sent to it otherwise is lost. */
  readonly isUp: boolean
  /** How often it was started, beginning with 1. */
  readonly life: number
  /** When nothing of an earlier life could take effect any more, in nanoseconds of the clock, if that is known. */
  endOf(life: number): number | undefined
  /** Rejects if it ends without being told to, or doesn't start. */
  readonly death: Promise<never>
  /** Asks it to stop, and resolves when it has. */
  stop(): Promise<void>
  close(): Promise<void>
}

export interface ServerOptions {
  readonly name: string
  readonly program: string
  readonly log: string
  readonly back: TcpProxy | null
  /** Its environment, besides where it listens; anew for each life. */
  settings(life: number): Readonly<Record<string, string>>
  /** Resolves when nothing of a life that was killed is under way in the database. */
  gone(life: number): Promise<void>
}

/** A server that is not started yet, with the proxy in front of it. */
export async function newServer({
  name,
  program,
  log,
  back,
  settings,
  gone,
}: ServerOptions): Promise<DibsServer> {
  const port = await freePort()
  const front = await openProxy({ host: '127.0.0.1', port })
  const ends = new Map<number, number>()
  let child: ChildProcess | undefined
  let isUp = false
  let life = 0
  let isAskedToEnd = false
  let die: (error: Error) => void
  const death = new Promise<never>((_, reject) => {
    die = reject
  })
  death.catch(() => {})

  async function start(): Promise<void> {
    life += 1
    isAskedToEnd = false
    const out = openSync(log, 'a')
    const flags = program.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : []
    // In a group of its own, Ctrl-C reaches it only through us.
    const started = spawn(process.execPath, [...flags, program], {
      detached: true,
      stdio: ['ignore', out, out],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        HOST: '127.0.0.1',
        PORT: String(port),
        ...settings(life),
      },
    })
    closeSync(out)
    child = started
    started.once('exit', (code, signal) => {
      isUp = false
      if (!isAskedToEnd) die(new Error(`${name} ended by itself with ${code ?? signal}: see ${log}`))
    })
    try {
      await ready()
    } catch (error) {
      die(error instanceof Error ? error : new Error(String(error)))
      throw error
    }
    isUp = true
  }

  async function ready(): Promise<void> {
    const deadline = performance.now() + startWithinMs
    while ((await statusOf(`http://127.0.0.1:${port}/readyz`)) !== 200) {
      if (!isRunning()) throw new Error(`${name} ended as it started: see ${log}`)
      if (performance.now() > deadline) throw new Error(`${name} was not ready in time: see ${log}`)
      await sleep(10)
    }
  }

  function isRunning(): boolean {
    return child?.pid !== undefined && child.exitCode === null && child.signalCode === null
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    isAskedToEnd = true
    isUp = false
    if (child === undefined || !isRunning()) return
    const ended = new Promise((resolve) => child?.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  return {
    name,
    url: `http://127.0.0.1:${front.port}`,
    front,
    back,
    death,
    get pid() {
      return isRunning() ? (child?.pid ?? null) : null
    },
    get isUp() {
      return isUp
    },
    get life() {
      return life
    },
    endOf: (ended) => ends.get(ended),
    async kill() {
      const killed = life
      await end('SIGKILL')
      void gone(killed).then(
        () => ends.set(killed, nowNs()),
        () => {},
      )
    },
    start,
    stop: () => end('SIGTERM'),
    async close() {
      await end('SIGKILL')
      await Promise.all([front.close(), back?.close()])
    },
  }
}

/** 0 while nobody answers. */
function statusOf(url: string): Promise<number> {
  return new Promise((resolve) => {
    request(url, { agent: false, timeout: 5000 }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
      .once('timeout', () => resolve(0))
      .once('error', () => resolve(0))
      .end()
  })
}
