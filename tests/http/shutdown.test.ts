import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { json } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { withPostgres } from '../support/database.ts'
import { onStopping } from './on-stopping.ts'

const claims = 6
const patienceMs = 20_000

describe.runIf(withPostgres)('a server process that is asked to stop', () => {
  const on = onStopping()

  /** A claim over a connection that asks to be kept alive. */
  async function claim(authorization: string, username: string) {
    const headers = { authorization, 'content-type': 'application/json' }
    const sent = request(`${on.server.url}/trpc/profile.claimUsername`, {
      method: 'POST',
      headers,
      agent: on.keptAlive(),
    })
    sent.end(JSON.stringify({ username }))
    const [response] = (await once(sent, 'response')) as [IncomingMessage]
    return {
      status: response.statusCode,
      connection: response.headers.connection,
      body: await json(response),
    }
  }

  /** Starts claims that wait for the lock; all of them do when it answers. */
  async function blockedClaims(username: string) {
    const tokens = await Promise.all(Array.from({ length: claims }, () => on.signUp()))
    const held = await on.lockNames()
    const answers = Promise.allSettled(tokens.map((token) => claim(token, username)))
    await held.waiting(claims)
    return { answers, held }
  }

  /** Tries until a new connection is refused. */
  async function untilNobodyListens() {
    const deadline = Date.now() + patienceMs
    for (let listens = true; listens; await sleep(5)) {
      if (Date.now() > deadline) throw new Error('the server listens still')
      const socket = connect(Number(new URL(on.server.url).port), '127.0.0.1')
      listens = await new Promise((resolve) =>
        socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
      )
      socket.destroy()
    }
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s lets claims in flight end, takes no new ones, and ends',
    async (signal) => {
      await on.start()
      const { answers, held } = await blockedClaims(`in-flight-${signal}`)
      const exited = on.ended()
      on.server.child.kill(signal)
      await on.until('waiting for requests in flight')
      await untilNobodyListens()
      await held.release()
      const told = (await answers).map((end) => (end.status === 'fulfilled' ? end.value : end.reason))
      expect(told.map(({ status }) => status).sort()).toEqual([200, ...Array(claims - 1).fill(409)])
      expect(told.map(({ connection }) => connection)).toEqual(Array(claims).fill('close'))
      expect(await exited).toBe(0)
      expect(on.server.output()).toContain('"msg":"stopped"')
    },
  )

  test('ends at once when it is asked again', async () => {
    await on.start({ SHUTDOWN_SECONDS: '600' })
    const { answers } = await blockedClaims('impatient')
    const exited = on.ended()
    const asking = setInterval(() => on.server.child.kill('SIGINT'), 50)
    expect(await exited).toBe(1)
    clearInterval(asking)
    expect(on.server.output()).toContain('SIGINT again: stopping at once')
    expect((await answers).map(({ status }) => status)).toEqual(Array(claims).fill('rejected'))
  })

  test('takes two signals of the same moment for one', async () => {
    await on.start()
    const { answers, held } = await blockedClaims('both-at-once')
    const exited = on.ended()
    on.server.child.kill('SIGINT')
    on.server.child.kill('SIGTERM')
    await on.until('waiting for requests in flight')
    await untilNobodyListens()
    await held.release()
    expect((await answers).map(({ status }) => status)).toEqual(Array(claims).fill('fulfilled'))
    expect(await exited).toBe(0)
  })

  test('gives up on requests that do not end, and says so', async () => {
    await on.start({ SHUTDOWN_SECONDS: '1' })
    const { answers } = await blockedClaims('stuck')
    const exited = on.ended()
    on.server.child.kill('SIGTERM')
    expect(await exited).toBe(1)
    expect(on.server.output()).toContain('requests in flight did not end within 1 s')
    expect((await answers).map(({ status }) => status)).toEqual(Array(claims).fill('rejected'))
  })

  test('of an error outside of any request says all that is known, and ends', async () => {
    const plant = "process.on('SIGUSR2', () => { Promise.reject(new Error('planted')) })"
    await on.start({ NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(plant)}` })
    const exited = on.ended()
    on.server.child.kill('SIGUSR2')
    expect(await exited).toBe(1)
    const line =
      on.server
        .output()
        .split('\n')
        .find((text) => text.includes('planted')) ?? ''
    expect(JSON.parse(line)).toMatchObject({
      level: 60,
      err: { message: 'planted', stack: expect.any(String) },
    })
  })
})
