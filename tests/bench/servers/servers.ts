import { type ChildProcess, spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from '../../../server/root.ts'
import { freePort } from '../../support/server.ts'
import { secret } from '../people.ts'
import { dibsStore } from '../stores/dibs.ts'
import { betterAuthStore, byHandStore, noStore, seedStore, stockStore } from '../stores/peers.ts'
import type { Store } from '../stores/store.ts'
import { asShipped } from './as-shipped.ts'

/** Every server of the bench: Dibs as `npm start` runs it, or a program of the compiled bench; and its database. */
export const servers = {
  dibs: { program: 'as shipped', store: dibsStore },
  'dibs-mounted': { program: 'peers/dibs-mounted.js', store: dibsStore },
  'by-hand': { program: 'peers/by-hand.js', store: byHandStore },
  orpc: { program: 'peers/orpc.js', store: byHandStore },
  seed: { program: 'peers/seed.js', store: seedStore },
  'stock-trpc': { program: 'peers/stock-trpc.js', store: stockStore },
  'floor-rest': { program: 'peers/floor-rest.js', store: noStore },
  'floor-rpc': { program: 'peers/floor-rpc.js', store: noStore },
  'better-auth': { program: 'peers/better-auth.js', store: betterAuthStore },
} as const satisfies Record<string, { program: 'as shipped' | `peers/${string}.js`; store: Store }>
export type ServerName = keyof typeof servers

/** Connections to the database that each server has. */
const poolSize = 10

/** A server that runs. */
export interface Running {
  readonly name: ServerName
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

export interface StartOptions {
  readonly compiled: string
  readonly databaseUrl: string
  /** Where its log is to be. */
  readonly dir: string
  /** Where its CPU profile is to be, if any. */
  readonly profile: string | undefined
}

/** Starts a server, which logs into a file like all of them, and waits until it listens. */
export async function startServer(
  name: ServerName,
  { compiled, databaseUrl, dir, profile }: StartOptions,
): Promise<Running> {
  const { program } = servers[name]
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const log = join(dir, `${name}.log`)
  const out = openSync(log, 'a')
  const { args, env } = program === 'as shipped' ? asShipped() : { args: [join(compiled, program)] }
  const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${join(profile, name)}`]
  const child = spawn(process.execPath, [...flags, ...args], {
    cwd: root,
    stdio: ['ignore', out, out],
    env: {
      ...env,
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      PORT: String(port),
      PUBLIC_URL: url,
      DATABASE_URL: databaseUrl,
      POOL_SIZE: String(poolSize),
      AUTH_SECRET: secret,
      SECRET: secret,
      RATE_LIMITS: 'off',
    },
  })
  await listening(child, port).catch((error) => {
    child.kill('SIGKILL')
    throw new Error(`${name}: ${error.message}\n${readFileSync(log, 'utf8').slice(-4000)}`)
  })
  return { name, url, pid: child.pid ?? 0, stop: () => stop(child) }
}

async function listening(child: ChildProcess, port: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(50)) {
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}`)
    if (await connects(port)) return
  }
  throw new Error('did not listen within 30 s')
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}

/** How long a server may take to stop. */
const patienceMs = 3000

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await ended
  clearTimeout(timer)
}
