import { once } from 'node:events'
import { Agent, get, type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { json, text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newPlace, type Place, withPostgres } from '../support/database.ts'
import { type Lock, lock } from '../support/locks.ts'
import { type ServerProcess, startServer } from '../support/server.ts'
import { authSecret } from '../support/sessions.ts'
import { settingsOf } from '../support/settings.ts'

const claims = 6
const patienceMs = 20_000

describe.runIf(withPostgres)('a server process that is asked to stop', () => {
  let place: Place
  let names: Lock | undefined
  let server: ServerProcess
  const agents: Agent[] = []
  beforeAll(async () => {
    place = await newPlace('postgresql', { migrated: true })
  })
  afterEach(async () => {
    for (const agent of agents.splice(0)) agent.destroy()
    await names?.release()
    await server?.kill()
  })
  afterAll(async () => {
    await place?.remove()
  })

  const start = async (settings: Record<string, string> = {}) => {
    server = await startServer({
      ...settingsOf(place),
      AUTH_SECRET: authSecret,
      RATE_LIMITS: 'off',
      ...settings,
    })
    return server
  }
  const ended = () => once(server.child, 'exit').then(([code]) => code as number | null)
  const until = async (line: string) => {
    while (!server.output().includes(line)) await once(server.child.stdout ?? server.child, 'data')
  }
  const keptAlive = () => {
    const agent = new Agent({ keepAlive: true })
    agents.push(agent)
    return agent
  }

  async function signUp(): Promise<string> {
    const answer = await fetch(`${server.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        email: `${crypto.randomUUID()}@people.example`,
        password: 'correct horse',
        name: 'P',
      }),
    })
    return `Bearer ${answer.headers.get('set-auth-token')}`
  }

  /** A claim over a connection that asks to be kept alive. */
  async function claim(authorization: string, username: string) {
    const headers = { authorization, 'content-type': 'application/json' }
    const sent = request(`${server.url}/trpc/profile.claimUsername`, {
      method: 'POST',
      headers,
      agent: keptAlive(),
    })
    sent.end(JSON.stringify({ username }))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return {
      status: response.statusCode,
      connection: response.headers.connection,
      body: await json(response),
    }
  }

  /** Lets reads through, and no claims. */
  async function lockNames(): Promise<Lock> {
    names = await lock(place, 'LOCK TABLE usernames IN SHARE ROW EXCLUSIVE MODE')
    return names
  }

  /** Starts claims that wait for the lock; all of them do when it answers. */
  async function blockedClaims(username: string) {
    const tokens = await Promise.all(Array.from({ length: claims }, () => signUp()))
    const held = await lockNames()
    const answers = Promise.allSettled(tokens.map((token) => claim(token, username)))
    await held.waiting(claims)
    return { answers, held }
  }

  /** Tries until a new connection is refused. */
  async function untilNobodyListens() {
    const deadline = Date.now() + patienceMs
    for (let listens = true; listens; await sleep(5)) {
      if (Date.now() > deadline) throw new Error('the server listens still')
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      listens = await new Promise((resolve) =>
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
      )
      socket.destroy()
    }
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s lets claims in flight end, takes no new ones, and ends',
    async (signal) => {
      await start()
      const { answers, held } = await blockedClaims(`in-flight-${signal}`)
      const exited = ended()
      server.child.kill(signal)
      await until('waiting for requests in flight')
      await untilNobodyListens()
      await held.release()
      const told = (await answers).map((end) => (end.status === 'fulfilled' ? end.value : end.reason))
      expect(told.map(({ status }) => status).sort()).toEqual([200, ...Array(claims - 1).fill(409)])
      expect(told.map(({ connection }) => connection)).toEqual(Array(claims).fill('close'))
      expect(await exited).toBe(0)
      expect(server.output()).toContain('"msg":"stopped"')
    },
  )

  test('closes connections that are kept alive for nothing', async () => {
    await start()
    const [response] = (await once(get(`${server.url}/healthz`, { agent: keptAlive() }), 'response')) as [
      IncomingMessage,
    ]
    const hungUp = once(response.socket, 'close')
    response.resume()
    await once(response, 'end')
    const silent = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(silent, 'connect')
    const exited = ended()
    server.child.kill('SIGTERM')
    await hungUp
    expect(await exited).toBe(0)
    silent.destroy()
  })

  test('loses no request of clients that go on asking until an answer says that it was the last', async () => {
    await start()
    let told = 0
    const ends = Array.from({ length: 32 }, async () => {
      const agent = keptAlive()
      for (;;) {
        const asked = get(
          `${server.url}/trpc/profile.checkUsername?input=%7B%22username%22%3A%22busy%22%7D`,
          { agent },
        )
        const [response] = (await once(asked, 'response')) as [IncomingMessage]
        await text(response)
        told += 1
        if (response.headers.connection === 'close') return response.statusCode
      }
    })
    const answered = Promise.allSettled(ends)
    await expect.poll(() => told, { timeout: patienceMs }).toBeGreaterThan(500)
    const exited = ended()
    server.child.kill('SIGTERM')
    expect(await answered).toEqual(Array(32).fill({ status: 'fulfilled', value: 200 }))
    expect(await exited).toBe(0)
  })

  /** Sends requests as they are on a connection, one after the other without waiting for an answer. */
  async function sendRaw(...requests: string[]) {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').on('error', () => {})
    let answers = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      answers += text
    })
    const hungUp = once(socket, 'close')
    for (const request of requests) await new Promise((resolve) => socket.write(request, resolve))
    return { hungUp, answers: () => answers }
  }

  test('answers all that come on one connection until it hangs up', async () => {
    await start()
    const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    const exited = ended()
    server.child.kill('SIGTERM')
    await until('waiting for requests in flight')
    socket.write(health.repeat(3))
    const answers = await text(socket)
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(Array(3).fill('HTTP/1.1 200'))
    expect(answers.match(/connection: close/gi)).toHaveLength(1)
    expect(await exited).toBe(0)
  })

  function rawClaim(authorization: string, username: string): string {
    const body = JSON.stringify({ username })
    return (
      `POST /trpc/profile.claimUsername HTTP/1.1\r\nHost: x\r\nAuthorization: ${authorization}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    )
  }

  test('waits for no request that never comes whole, but for all claims on its connection', async () => {
    await start()
    const claims = [rawClaim(await signUp(), 'whole-a'), rawClaim(await signUp(), 'whole-b')]
    const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    const half = rawClaim('Bearer x', 'half').slice(0, -1)
    const held = await lockNames()
    const whole = await sendRaw(...claims, half)
    await held.waiting(2)
    const headers = await sendRaw(health, 'GET / HTTP/1.1\r\nHo')
    const body = await sendRaw(health, half)
    await expect.poll(body.answers).toContain('200 OK')
    const exited = ended()
    server.child.kill('SIGTERM')
    await Promise.all([headers.hungUp, body.hungUp])
    await held.release()
    await whole.hungUp
    expect(whole.answers().match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(await exited).toBe(0)
    expect(server.output()).toContain('"msg":"stopped"')
  })

  test('ends at once when it is asked again', async () => {
    await start({ SHUTDOWN_SECONDS: '600' })
    const { answers } = await blockedClaims('impatient')
    const exited = ended()
    const asking = setInterval(() => server.child.kill('SIGINT'), 50)
    expect(await exited).toBe(1)
    clearInterval(asking)
    expect(server.output()).toContain('SIGINT again: stopping at once')
    expect((await answers).map(({ status }) => status)).toEqual(Array(claims).fill('rejected'))
  })

  test('takes two signals of the same moment for one', async () => {
    await start()
    const { answers, held } = await blockedClaims('both-at-once')
    const exited = ended()
    server.child.kill('SIGINT')
    server.child.kill('SIGTERM')
    await until('waiting for requests in flight')
    await untilNobodyListens()
    await held.release()
    expect((await answers).map(({ status }) => status)).toEqual(Array(claims).fill('fulfilled'))
    expect(await exited).toBe(0)
  })

  test('gives up on requests that do not end, and says so', async () => {
    await start({ SHUTDOWN_SECONDS: '1' })
    const { answers } = await blockedClaims('stuck')
    const exited = ended()
    server.child.kill('SIGTERM')
    expect(await exited).toBe(1)
    expect(server.output()).toContain('requests in flight did not end within 1 s')
    expect((await answers).map(({ status }) => status)).toEqual(Array(claims).fill('rejected'))
  })

  test('of an error outside of any request says all that is known, and ends', async () => {
    const plant = "process.on('SIGUSR2', () => { Promise.reject(new Error('planted')) })"
    await start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(plant)}` })
    const exited = ended()
    server.child.kill('SIGUSR2')
    expect(await exited).toBe(1)
    const line =
      server
        .output()
        .split('\n')
        .find((text) => text.includes('planted')) ?? ''
    expect(JSON.parse(line)).toMatchObject({
      level: 60,
      err: { message: 'planted', stack: expect.any(String) },
    })
  })
})
