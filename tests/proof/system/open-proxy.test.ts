import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { freePort } from '../../support/server.ts'
import { openProxy } from './open-proxy.ts'
import { reset } from './reset.ts'

let proxy: Awaited<ReturnType<typeof openProxy>>
let server: Server
let port: number
/** Everything that reached the server, by connection, in their order. */
let reached: string[]
/** Whether its end was a reset. */
let ends: Promise<boolean>[]

beforeAll(async () => {
  port = await freePort()
  server = createServer((socket) => {
    const which = reached.push('') - 1
    ends[which] = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      reached[which] += bytes.toString()
      socket.write(bytes)
    })
  }).listen(port, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => server.close())
beforeEach(async () => {
  reached = []
  ends = []
  proxy = await openProxy({ host: '127.0.0.1', port })
})
afterEach(() => proxy.close())

interface Talk {
  readonly socket: Socket
  heard(): string
  /** Resolves when so much was heard. */
  hears(bytes: number): Promise<string>
  /** Resolves with the error's code, or null for an end. */
  readonly ended: Promise<string | null>
}

async function talk(): Promise<Talk> {
  const socket = connect(proxy.port, '127.0.0.1')
  let heard = ''
  let code: string | null = null
  socket.on('data', (bytes) => {
    heard += bytes.toString()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    code = error.code ?? null
  })
  const ended = new Promise<string | null>((resolve) => socket.once('close', () => resolve(code)))
  await Promise.race([new Promise((resolve) => socket.once('connect', resolve)), ended])
  return {
    socket,
    heard: () => heard,
    async hears(bytes) {
      while (heard.length < bytes) {
        await Promise.race([new Promise((resolve) => socket.once('data', resolve)), ended.then(fail)])
      }
      return heard
    },
    ended,
  }
}

function fail(): never {
  throw new Error('the connection ended')
}

test('passes everything on, both ways, however much', async () => {
  const { socket, hears } = await talk()
  const much = 'dibs'.repeat(1_000_000)
  socket.write(much)
  expect((await hears(much.length)) === much).toBe(true)
})

test('an end is passed on behind the last byte', async () => {
  const { socket, ended, heard } = await talk()
  socket.end('goodbye')
  expect(await ended).toBeNull()
  expect([reached, heard()]).toEqual([['goodbye'], 'goodbye'])
})

test('what a client breaks is broken for the server too', async () => {
  const { socket, hears } = await talk()
  socket.write('a')
  await hears(1)
  reset(socket)
  expect(await ends[0]).toBe(true)
})

test('is slow by as much as it is told', async () => {
  const { socket, hears } = await talk()
  proxy.slow({ delayMs: 150 })
  const since = performance.now()
  socket.write('a')
  await hears(1)
  const tookMs = performance.now() - since
  expect(tookMs).toBeGreaterThanOrEqual(299)

  proxy.heal()
  const again = performance.now()
  socket.write('a')
  await hears(2)
  expect(performance.now() - again).toBeLessThan(tookMs)
})

test('passes only so many bytes a second', async () => {
  const { socket, hears } = await talk()
  proxy.slow({ delayMs: 0, bytesPerSecond: 10_000 })
  const since = performance.now()
  socket.write('a'.repeat(5_000))
  await hears(5_000)
  expect(performance.now() - since).toBeGreaterThanOrEqual(450)
})

test('stalled, it passes nothing on until it is healed', async () => {
  const { socket, hears, heard } = await talk()
  socket.write('a')
  await hears(1)
  proxy.stall()
  socket.write('b')
  const other = await talk()
  other.socket.write('c')
  other.socket.end()
  await sleep(200)
  expect([reached, heard()]).toEqual([['a', ''], 'a'])

  proxy.heal()
  await Promise.all([hears(2), other.hears(1)])
  expect(reached).toEqual(['ab', 'c'])
})

test('cut, it resets the connections there are and refuses others, until it is healed', async () => {
  const { socket, hears, ended } = await talk()
  socket.write('a')
  await hears(1)
  proxy.cut()
  expect(await ended).toBe('ECONNRESET')
  expect(await ends[0]).toBe(true)
  expect(await (await talk()).ended).toBe('ECONNREFUSED')

  proxy.heal()
  const after = await talk()
  after.socket.write('b')
  expect(await after.hears(1)).toBe('b')
})

test('resets all connections and says how many', async () => {
  const both = await Promise.all([talk(), talk()])
  for (const { socket } of both) socket.write('a')
  await Promise.all(both.map(({ hears }) => hears(1)))
  expect(proxy.resetAll()).toBe(2)
  expect(await Promise.all(both.map(({ ended }) => ended))).toEqual(['ECONNRESET', 'ECONNRESET'])
  expect(proxy.resetAll()).toBe(0)
})

// What was not read yet when the reset came is lost, so that of many bytes fewer may be seen.
test.each([0, 1, 7, 70_000])('resets a connection with %i more bytes through to the client', async (most) => {
  const { socket, hears, heard, ended } = await talk()
  socket.write('aa')
  await hears(2)
  const broken = proxy.resetAfter(most, 'to the client')
  // Who writes hears of a reset before it has read everything.
  socket.write('b'.repeat(most + 3))
  await broken
  // Some systems tell of a reset behind the last byte as of an end.
  await ended
  expect(await ends[0]).toBe(true)
  expectUpTo(most, heard().length - 2)
})

test.each([0, 1, 7, 70_000])('resets a connection with %i more bytes through to the server', async (most) => {
  const { socket, ended } = await talk()
  const broken = proxy.resetAfter(most, 'to the server')
  socket.write('b'.repeat(100_000))
  await broken
  expect(await ended).toBe('ECONNRESET')
  expect(await ends[0]).toBe(true)
  expectUpTo(most, (reached[0] ?? '').length)
})

function expectUpTo(most: number, seen: number): void {
  if (most > 7) expect(seen).toBeGreaterThan(7)
  else expect(seen).toBe(most)
  expect(seen).toBeLessThanOrEqual(most)
}

test('resets one connection for each time it was told to, and none that it was healed of', async () => {
  const broken = proxy.resetAfter(1, 'to the server')
  const first = await talk()
  first.socket.write('a')
  await broken
  expect(await first.ended).toBe('ECONNRESET')

  proxy.resetAfter(1, 'to the server')
  proxy.heal()
  const second = await talk()
  second.socket.write('b')
  expect(await second.hears(1)).toBe('b')
})
