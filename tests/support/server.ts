import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { root } from '../../server/root.ts'

/** A running server process of its own. */
export interface ServerProcess {
  readonly url: string
  readonly child: ChildProcess
  /** Everything it has written so far, its log among it. */
  output(): string
  /** Asks it to stop, as Ctrl-C does. Answers its exit code. */
  stop(): Promise<number | null>
  /** Ends it at once, as `kill -9` does. */
  kill(): Promise<void>
}

/** Starts Dibs as built, with these settings, and nothing from this process's own. */
export async function startServer(settings: Record<string, string>): Promise<ServerProcess> {
  const port = settings.PORT ?? String(await freePort())
  return startProgram(main, { ...settings, PORT: port }, 'Dibs is ready')
}

const main = join(root, 'dist', 'server', 'main.js')

/** Starts a program that listens on the PORT it is given, and says these words when it does. */
export async function startProgram(
  program: string,
  settings: Record<string, string> & { readonly PORT: string },
  words: string,
): Promise<ServerProcess> {
  const server = spawnProgram(program, settings)
  const { child, ended } = server
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (server.output().includes(words)) resolve()
    })
    ended.then((code) => reject(new Error(`the server ended with ${code}:\n${server.output()}`)))
  })
  await ready
  return {
    url: `http://127.0.0.1:${settings.PORT}`,
    child,
    output: server.output,
    stop() {
      child.kill('SIGINT')
      return ended
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Starts it where it is expected to refuse. Answers its exit code and all it wrote. */
export async function runServer(
  settings: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const { ended, output } = spawnProgram(main, settings)
  const code = await ended
  return { code, output: output() }
}

function spawnProgram(program: string, settings: Record<string, string>) {
  const loader = program.endsWith('.ts') ? ['--import', 'tsx'] : []
  const child = spawn(process.execPath, [...loader, program], {
    cwd: root,
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ended, output: () => written }
}

/** Below those that systems give to connections: one of these would be taken before its server is up. */
const allPorts = { first: 10_000, many: 20_000 }
const workersAtMost = 20
const ports = portsOf(process.env.VITEST_POOL_ID)
let next = randomInt(ports.many)

/** A worker of Vitest has its own, of which another takes none before its server is up. */
function portsOf(worker: string | undefined) {
  if (worker === undefined) return allPorts
  const many = allPorts.many / workersAtMost
  return { first: allPorts.first + (Number(worker) % workersAtMost) * many, many }
}

/** A port of the loopback address that nobody listens on, and another one each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.first + (next++ % ports.many)
    if (await isFree(port)) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
