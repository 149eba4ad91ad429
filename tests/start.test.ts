import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDibsClient } from '../client/index.ts'
import { root } from '../server/root.ts'
import { asShipped } from './bench/servers/as-shipped.ts'
import { freePort } from './support/server.ts'

const neo = { email: 'neo@example.com', password: 'follow the rabbit', name: 'Thomas' }

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'dibs-start-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

/** As a terminal does at Ctrl-C: to npm and to all that it started. */
const ctrlC = ({ pid }: ChildProcess) => pid !== undefined && process.kill(-pid, 'SIGINT')
/** As a supervisor does, which knows npm alone. */
const terminate = (npm: ChildProcess) => npm.kill('SIGTERM')

/**
 * Runs `npm start` with nothing set but where to listen and to keep data, until it is stopped.
 * Answers npm's exit code and all that was written until nobody was left to write.
 */
async function npmStart(stop: (npm: ChildProcess) => unknown, visit: (url: string) => Promise<void>) {
  const port = String(await freePort())
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port, DATA_DIR: dataDir },
    // A group of its own, to be interrupted as a terminal interrupts one.
    detached: true,
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let written = ''
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        written += text
        const ready = written.match(/Dibs is ready: (\S+)/)?.[1]
        if (ready) resolve(ready)
      })
    }
    ended.then(() => reject(new Error(`npm start ended:\n${written}`)))
  })
  expect(url).toBe(`http://localhost:${port}`)
  try {
    await visit(url)
  } finally {
    stop(child)
  }
  const code = await ended
  return { code, written }
}

function expectCleanStop({ code, written }: { code: number | null; written: string }) {
  expect(written).toContain('"msg":"stopped"')
  expect(written).not.toContain('stopping at once')
  expect(code).toBe(0)
}

async function post(url: string, body: object): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  return response.headers.get('set-auth-token') ?? ''
}

async function findNeo(url: string): Promise<void> {
  const token = await post(`${url}/api/auth/sign-in/email`, neo)
  expect(await createDibsClient({ url, token }).profile.me.query()).toMatchObject({ username: 'neo' })
}

test('npm start serves the web app and the API, and finds its data however it was stopped', async () => {
  const first = await npmStart(ctrlC, async (url) => {
    const page = await fetch(url, { headers: { accept: 'text/html' } })
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>')])
    const token = await post(`${url}/api/auth/sign-up/email`, neo)
    const claim = createDibsClient({ url, token }).profile.claimUsername.mutate({ username: 'neo' })
    expect(await claim).toMatchObject({ key: 'neo' })
  })
  expectCleanStop(first)
  expectCleanStop(await npmStart(terminate, findNeo))
  expectCleanStop(await npmStart(ctrlC, findNeo))
}, 300_000)

test('npm ci installs what the server runs on, also where NODE_ENV says production', () => {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production' }
  const listed = execFileSync('npm', ['ls', '--depth=0', '--parseable'], { cwd: root, env, encoding: 'utf8' })
  expect(listed.split('\n')).toContain(join(root, 'node_modules', 'fastify'))
})

test('the README starts a server in production as npm start does', async () => {
  const { args, env } = asShipped()
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value} `)
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  expect(readme).toContain(`\n${settings.join('')}node ${args.join(' ')} `)
})
