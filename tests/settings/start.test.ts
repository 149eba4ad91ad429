import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newPlace, type Place } from '../support/database.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { settingsOf } from '../support/settings.ts'
import { runMain } from './run.ts'

describe('starting', () => {
  let dir: string
  /** Where there is a database already. */
  let place: Place
  const running: ServerProcess[] = []
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'dibs-start-'))
    place = await newPlace('embedded', { migrated: true })
  })
  afterAll(async () => {
    for (const server of running) await server.kill()
    await place?.remove()
    await rm(dir, { recursive: true, force: true })
  })

  test.each(['--help', '-h'])('with %s says how, and starts nothing', async (flag) => {
    const { stdout, stderr, code } = await runMain({ args: [flag], settings: { PORT: 'wrong' } })
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    const example = await readFile('.env.example', 'utf8')
    for (const [, name] of example.matchAll(/^#([A-Z_]+)=/gm)) expect(stdout).toContain(name)
  })

  test.each([['--port', '3001'], ['start'], ['--dry-run']])(
    'with %s says that there is no such thing',
    async (...args) => {
      const { stderr, code } = await runMain({ args })
      expect(code).toBe(1)
      expect(stderr.trim().split('\n')).toHaveLength(2)
      expect(stderr).toContain(args[0])
      expect(stderr).toContain('--help')
    },
  )

  test('with wrong settings lists them, and does nothing else', async () => {
    const { stdout, stderr, code } = await runMain({ settings: { PORT: 'x', LOG_LEVEL: 'y' } })
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 })
    expect(stderr).toBe(
      '\nDibs cannot start. Wrong settings:\n  PORT must be a whole number from 0 to 65535\n  LOG_LEVEL must be fatal, error, warn, info, debug, trace or silent\n',
    )
  })

  test('reads .env, behind the environment', async () => {
    const dotEnv = 'PORT=nonsense\nLOG_LEVEL=nonsense\n'
    const { stderr } = await runMain({ dotEnv, settings: { LOG_LEVEL: 'info' } })
    expect(stderr).toContain('PORT must be')
    expect(stderr).not.toContain('LOG_LEVEL')
  })

  test('where another program listens says so, and what to do', async () => {
    const other = createServer()
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve(Number(Object(other.address()).port)))
    })
    const settings = { ...settingsOf(place), PORT: String(port), LOG_LEVEL: 'silent' }
    const { stderr, code } = await runMain({ settings })
    other.close()
    expect(code).toBe(1)
    expect(stderr).toBe(
      `\nDibs cannot start. Port ${port} of 127.0.0.1 is in use by another program. Stop that one, or set PORT to another port.\n`,
    )
  })

  test('asked to stop before it listens stops in order', async () => {
    const plant = `process.on('newListener', (signal) => {
      if (signal === 'SIGTERM') queueMicrotask(() => process.kill(process.pid, 'SIGTERM'))
    })`
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(plant)}`
    const settings = { ...settingsOf(place), HOST: 'localhost', PORT: '0', NODE_OPTIONS }
    const { stdout, stderr, code } = await runMain({ settings })
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 })
    expect(stdout).toContain('"msg":"stopped"')
  })

  test('on an address of another machine says so', async () => {
    const settings = { ...settingsOf(place), HOST: '192.0.2.1', PORT: '0' }
    const { stderr, code } = await runMain({ settings })
    expect(code).toBe(1)
    expect(stderr.trim()).toMatch(
      /^Dibs cannot start\. HOST is no address of this machine \(\w+\)\. Set it to .*$/,
    )
  })

  test('where data cannot be written says so', async () => {
    const file = join(dir, 'file')
    await writeFile(file, '')
    const { stderr, code } = await runMain({ settings: { PORT: '0', DATA_DIR: join(file, 'data') } })
    expect(code).toBe(1)
    expect(stderr.trim()).toMatch(
      /^Dibs cannot start\. .*file.* cannot be written \(ENOTDIR\)\..* DATA_DIR .*$/,
    )
  })

  test.skipIf(process.platform !== 'linux')('where no directory can be made says so', async () => {
    const { stderr, code } = await runMain({ settings: { PORT: '0', DATA_DIR: '/proc/dibs/data' } })
    expect(code).toBe(1)
    expect(stderr).toBe(
      '\nDibs cannot start. /proc/dibs cannot be written (ENOENT). Let this user write there, or set DATA_DIR to another directory.\n',
    )
  })

  test('says the address, the database, and what it survives', async () => {
    const server = await startServer({
      PORT: '0',
      DATA_DIR: join(dir, 'data'),
      RATE_LIMITS: 'off',
      LOG_LEVEL: 'silent',
    })
    running.push(server)
    const output = server.output()
    const [, url = ''] = output.match(/Dibs is ready: (http:\/\/localhost:\d+)\n/) ?? []
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    expect(output).toContain(
      `Database: embedded, in ${join(dir, 'data')}. It survives crashes, but not a power cut`,
    )
    expect(output).toContain('EVERY RATE LIMIT IS LIFTED')
    expect(await server.stop()).toBe(0)
  })

  test('keeps the generated secret to itself, and sessions over a restart', async () => {
    const settings = { DATA_DIR: join(dir, 'data') }
    const first = await startServer(settings)
    running.push(first)
    const origin = first.url.replace('127.0.0.1', 'localhost')
    const answer = await fetch(`${first.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email: 'kept@people.example', password: 'correct horse', name: 'Kept' }),
    })
    const authorization = `Bearer ${answer.headers.get('set-auth-token')}`
    expect(await first.stop()).toBe(0)
    expect((await stat(join(dir, 'data', 'auth-secret'))).mode & 0o777).toBe(0o600)
    const second = await startServer(settings)
    running.push(second)
    expect((await fetch(`${second.url}/trpc/profile.me`, { headers: { authorization } })).status).toBe(200)
    expect(await second.stop()).toBe(0)
  })
})
