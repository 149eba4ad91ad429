import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { withPostgres } from '../support/database.ts'
import { onStopping } from './on-stopping.ts'

describe.runIf(withPostgres)('a connection to a server process that is asked to stop', () => {
  const on = onStopping()

  test('that is kept alive for nothing is closed', async () => {
    await on.start()
    const [response] = (await once(
      get(`${on.server.url}/healthz`, { agent: on.keptAlive() }),
      'response',
    )) as [IncomingMessage]
    const hungUp = once(response.socket, 'close')
    response.resume()
    await once(response, 'end')
    const silent = connect(Number(new URL(on.server.url).port), '127.0.0.1')
    await once(silent, 'connect')
    const exited = on.ended()
    on.server.child.kill('SIGTERM')
    await hungUp
    expect(await exited).toBe(0)
    silent.destroy()
  })

  test('loses no request of a client that goes on asking until an answer says that it was the last', async () => {
    await on.start()
    let told = 0
    const ends = Array.from({ length: 32 }, async () => {
      const agent = on.keptAlive()
      for (;;) {
        const asked = get(
          `${on.server.url}/trpc/profile.checkUsername?input=%7B%22username%22%3A%22busy%22%7D`,
          { agent },
        )
        const [response] = (await once(asked, 'response')) as [IncomingMessage]
        await text(response)
        told += 1
        if (response.headers.connection === 'close') return response.statusCode
      }
    })
    const answered = Promise.allSettled(ends)
    await expect.poll(() => told, { timeout: 20_000 }).toBeGreaterThan(500)
    const exited = on.ended()
    on.server.child.kill('SIGTERM')
    expect(await answered).toEqual(Array(32).fill({ status: 'fulfilled', value: 200 }))
    expect(await exited).toBe(0)
  })

  /** Sends requests as they are on a connection, one after the other without waiting for an answer. */
  async function sendRaw(...requests: string[]) {
    const socket = connect(Number(new URL(on.server.url).port), '127.0.0.1').on('error', () => {})
    let answers = ''
    socket.setEncoding('utf8').on('data', (text: string) => {
      answers += text
    })
    const hungUp = once(socket, 'close')
    for (const request of requests) await new Promise((resolve) => socket.write(request, resolve))
    return { hungUp, answers: () => answers }
  }

  test('has all answered that come on it until it is hung up', async () => {
    await on.start()
    const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    const socket = connect(Number(new URL(on.server.url).port), '127.0.0.1')
    await once(socket, 'connect')
    const exited = on.ended()
    on.server.child.kill('SIGTERM')
    await on.until('waiting for requests in flight')
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

  test('waits for no request that never comes whole, but for all claims on it', async () => {
    await on.start()
    const claims = [rawClaim(await on.signUp(), 'whole-a'), rawClaim(await on.signUp(), 'whole-b')]
    const health = 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n'
    const half = rawClaim('Bearer x', 'half').slice(0, -1)
    const held = await on.lockNames()
    const whole = await sendRaw(...claims, half)
    await held.waiting(2)
    const headers = await sendRaw(health, 'GET / HTTP/1.1\r\nHo')
    const body = await sendRaw(health, half)
    await expect.poll(body.answers).toContain('200 OK')
    const exited = on.ended()
    on.server.child.kill('SIGTERM')
    await Promise.all([headers.hungUp, body.hungUp])
    await held.release()
    await whole.hungUp
    expect(whole.answers().match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
    expect(await exited).toBe(0)
    expect(on.server.output()).toContain('"msg":"stopped"')
  })
})
