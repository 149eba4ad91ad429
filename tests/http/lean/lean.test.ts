import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { initTRPC } from '@trpc/server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asked, told } from './as-links-send.ts'
import { calls, callsWithEveryInput } from './cases.ts'
import { odd } from './odd-requests.ts'
import { everyRouter } from './router.ts'
import { setups } from './setups.ts'
import { differences, lean, type Plugin, type Server, serverOf, stock, type TrpcOptions } from './twins.ts'
import { wrong } from './wrong.ts'

const plain = setups['nothing but a router']
if (plain === undefined) throw new Error('the first setup is missing')

describe.each(Object.entries(setups))('with %s, the lean route answers as tRPC itself', (name, options) => {
  let twins: [stock: Server, lean: Server]
  beforeAll(async () => {
    twins = [await serverOf(stock, options), await serverOf(lean, options)]
  })
  afterAll(() => Promise.all(twins?.map(({ close }) => close())))

  test('a call of each procedure', async () => {
    expect(await differences(...twins, calls)).toEqual([])
  })

  test.runIf(/but a router|reads the input|formatter$|transformer/.test(name))('each input', async () => {
    expect(await differences(...twins, callsWithEveryInput)).toEqual([])
  })

  test.runIf(/but a router|reads the input|overridden/.test(name))(
    'whatever is odd about a request',
    async () => {
      expect(await differences(...twins, odd)).toEqual([])
    },
  )

  test.runIf(/but a router|formatter$|transformer/.test(name))('a subscription', async () => {
    expect(await differences(...twins, [{ ...asked('watch'), until: 'seen' }])).toEqual([])
  })
})

describe('the lean route', () => {
  test('is the one that answers plain calls, and no others', async () => {
    const server = await serverOf(lean, { router: everyRouter() } as TrpcOptions)
    const framingOf = async (sent: Parameters<Server['ask']>[0]) => (await server.ask(sent)).framing
    for (const sent of [
      asked('inputs.any', { a: 1 }),
      asked('failing.error', 1),
      told('change.any', { a: 1 }),
      told('change.refused'),
      told('change.any', '{'),
    ]) {
      expect(await framingOf(sent), sent.target).toBe('length')
    }
    for (const sent of [asked('nope'), asked('inputs.none?batch=1'), told('inputs.any', 1)]) {
      expect(await framingOf(sent), sent.target).toBe('chunks')
    }
    expect(await framingOf(asked('lazy.one'))).toBe('chunks')
    expect(await framingOf(asked('lazy.one'))).toBe('length')
    await server.close()
  })

  test('answers in turn what came at once over one connection', async () => {
    const server = await serverOf(lean, plain)
    const socket = connect(server.port, '127.0.0.1')
    const line = (path: string, more = '') => `GET /trpc/${path} HTTP/1.1\r\nhost: x\r\n${more}\r\n`
    socket.write(line('inputs.none') + line('outputs.date') + line('outputs.long', 'connection: close\r\n'))
    const bodies = (await text(socket))
      .split(/HTTP\/1\.1 200 OK/)
      .map((answer) => answer.split('\r\n\r\n')[1])
    expect(bodies).toEqual([
      undefined,
      '{"result":{"data":"none"}}',
      '{"result":{"data":"1970-01-01T00:00:00.000Z"}}',
      JSON.stringify({ result: { data: 'ä'.repeat(100_000) } }),
    ])
    await server.close()
  })
})

describe.each<[string, Plugin]>([
  ['tRPC itself', stock],
  ['the lean route', lean],
])('over %s a procedure', (_name, plugin) => {
  const t = initTRPC.create()
  let signals: AbortSignal[]
  let begin: () => void
  const router = t.router({
    wait: t.procedure.query(async ({ signal }) => {
      if (signal) signals.push(signal)
      begin()
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    }),
    quick: t.procedure.query(({ signal }) => {
      if (signal) signals.push(signal)
    }),
  })
  let server: Server
  beforeAll(async () => {
    server = await serverOf(plugin, {
      router,
      createContext({ info: { signal } }) {
        signals = [signal]
        return {}
      },
    })
  })
  afterAll(() => server?.close())

  test('is told when whoever asks hangs up', async () => {
    const begun = new Promise<void>((resolve) => {
      begin = resolve
    })
    const socket = connect(server.port, '127.0.0.1')
    socket.write('GET /trpc/wait HTTP/1.1\r\nhost: x\r\n\r\n')
    await begun
    const aborted = Promise.all(signals.map((signal) => once(signal, 'abort')))
    socket.destroy()
    await aborted
    expect(signals.map(({ reason }) => reason.name)).toEqual(['AbortError', 'AbortError'])
  })

  test('is not told of that after the answer', async () => {
    await server.ask(asked('quick'))
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false])
  })
})

describe('these tests', () => {
  test.each(Object.entries(wrong))('notice %s', async (_name, plugin) => {
    const twins = [await serverOf(stock, plain), await serverOf(plugin, plain)] as const
    expect(await differences(...twins, [...calls, ...odd])).not.toEqual([])
    await Promise.all(twins.map(({ close }) => close()))
  })
})
