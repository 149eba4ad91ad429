import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { freePort } from '../../support/server.ts'
import { type Link, openLink } from './link.ts'
import type { Proxy as TcpProxy } from './proxy.ts'
import { newTraps } from './traps.ts'
import type { Pace } from './way.ts'

const unhindered: Pace = { delayMs: 0, bytesPerSecond: Number.POSITIVE_INFINITY, stalled: false }

/** Opens a proxy on a port of the loopback address. Healed, it has no trap any more either. */
export async function openProxy(to: { host: string; port: number }): Promise<TcpProxy> {
  const port = await freePort()
  const pace = { ...unhindered }
  const traps = newTraps()
  const links = new Set<Link>()
  let listener = listen()
  await once(listener, 'listening')

  function listen(): Server {
    return createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const link = openLink(client, to, pace, traps, () => links.delete(link))
      links.add(link)
    }).listen(port, '127.0.0.1')
  }

  function set(now: Partial<Pace>): void {
    Object.assign(pace, now)
    for (const link of links) link.flow()
  }

  function resetAll(): number {
    const many = links.size
    for (const link of links) link.reset()
    return many
  }

  return {
    port,
    slow({ delayMs, bytesPerSecond = Number.POSITIVE_INFINITY }) {
      set({ delayMs, bytesPerSecond })
    },
    stall() {
      set({ stalled: true })
    },
    cut() {
      listener.close()
      resetAll()
    },
    heal() {
      traps.clear()
      if (!listener.listening) listener = listen()
      set(unhindered)
    },
    resetAll,
    resetAfter: traps.setBytes,
    resetAtCommit: traps.setCommit,
    async close() {
      const closed = listener.listening ? once(listener, 'close') : undefined
      listener.close()
      resetAll()
      await closed
    },
  }
}
