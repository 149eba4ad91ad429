import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { root } from '../../server/root.ts'
import { newPlace, type Place } from '../support/database.ts'
import { freePort } from '../support/server.ts'
import { settingsOf } from '../support/settings.ts'

/** Runs a program that has a log. Answers what came of it, a string each time, and what ended it. */
async function run(program: string) {
  const script = `import { createLog } from './server/log.ts'; const log = createLog('info'); ${program}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const written: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => written.push(text))
  const [code, signal] = await once(child, 'close')
  return { written, ended: code ?? signal }
}

function messagesIn(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg)
}

describe('the lines of a log', () => {
  test('are written together, and soon', async () => {
    const { written, ended } = await run(`
      log.info('one'); log.info('two')
      setTimeout(() => process.kill(process.pid, 'SIGKILL'), 2000)`)
    expect(written.map(messagesIn)).toEqual([['one', 'two']])
    expect(ended).toBe('SIGKILL')
  })

  test.each(['warn', 'error', 'fatal'])('are written at once by one of level %s', async (level) => {
    const { written } = await run(`
      log.info('before'); log.${level}('worse'); log.info('after'); process.kill(process.pid, 'SIGKILL')`)
    expect(written.map(messagesIn)).toEqual([['before', 'worse']])
  })

  test('are all written when the process ends', async () => {
    const { written, ended } = await run("log.info('one'); log.info('last'); process.exit(3)")
    expect(messagesIn(written.join(''))).toEqual(['one', 'last'])
    expect(ended).toBe(3)
  })

  test('are written before there are too many', async () => {
    const { written } = await run(`
      for (let at = 0; at < 2000; at += 1) log.info('line ' + at)
      process.kill(process.pid, 'SIGKILL')`)
    const messages = messagesIn(written.join(''))
    expect(messages.length).toBeGreaterThan(1900)
    expect(messages).toEqual(Array.from({ length: messages.length }, (_, at) => `line ${at}`))
  })
})

describe('a server whose standard output takes nothing', () => {
  let place: Place
  beforeEach(async () => {
    place = await newPlace('embedded', { migrated: true })
  })
  afterEach(() => place?.remove())

  /** Starts one; `output` is where it writes. */
  async function start(output: 'pipe' | number) {
    const port = await freePort()
    const child = spawn(process.execPath, [join(root, 'dist', 'server', 'main.js')], {
      cwd: root,
      env: { PATH: process.env.PATH, ...settingsOf(place), PORT: String(port) },
      stdio: ['ignore', output, 'pipe'],
    })
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
    const ask = () => fetch(`http://127.0.0.1:${port}/trpc/profile.checkUsername?input={"username":"neo"}`)
    await expect.poll(() => ask().then(({ status }) => status, String), { timeout: 60_000 }).toBe(200)
    return { child, ask, said: () => said }
  }

  async function expectToServeAndStop({ child, ask, said }: Awaited<ReturnType<typeof start>>, why: RegExp) {
    for (let calls = 0; calls < 3; calls += 1) expect((await ask()).status).toBe(200)
    await expect.poll(said).toMatch(why)
    const exited = once(child, 'exit')
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
    expect(said().match(/The log cannot be written/g)).toHaveLength(1)
  }

  test('since nobody reads it any more, goes on, and stops when asked', async () => {
    const server = await start('pipe')
    server.child.stdout?.destroy()
    await expectToServeAndStop(server, /The log cannot be written: .*EPIPE/)
  })

  test('since the disk is full, does too', async () => {
    const full = openSync('/dev/full', 'w')
    const server = await start(full)
    closeSync(full)
    await expectToServeAndStop(server, /The log cannot be written: .*ENOSPC/)
  })

  test('since its reader ends with it, stops', async () => {
    const { child } = await start('pipe')
    const exited = once(child, 'exit')
    child.stdout?.destroy()
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })
})
