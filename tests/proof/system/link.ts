import { connect, type Socket } from 'node:net'
import { type Answered, newConversation, type Told } from './conversation.ts'
import { reset } from './reset.ts'
import type { Traps } from './traps.ts'
import { openWay, type Pace } from './way.ts'

/** A client's connection and the one to the server that goes with it. */
export interface Link {
  /** Lets go what may go now. */
  flow(): void
  /** Breaks both connections, at once. */
  reset(): void
}

/** Connects a client with the server. `closed` is called once, when both connections are gone. */
export function openLink(
  client: Socket,
  to: { host: string; port: number },
  pace: Readonly<Pace>,
  traps: Traps,
  closed: () => void,
): Link {
  const server = connect({ ...to, allowHalfOpen: true, noDelay: true })
  const conversation = newConversation()
  const link: Link = {
    flow() {
      toServer.flow()
      toClient.flow()
    },
    reset() {
      for (const way of [toServer, toClient]) way.close()
      for (const socket of [client, server]) reset(socket)
    },
  }
  /** The server was told to commit, and its answer is not to be passed on. */
  let caught: { readonly held: Buffer[]; spring(): void; release(): void } | undefined

  /** Passes bytes on up to where a trap springs. */
  function give(socket: Socket, bytes: Buffer, way: 'to the server' | 'to the client'): boolean {
    const trap = traps.byBytes(link, way, bytes.length)
    if (trap === undefined) return socket.write(bytes)
    socket.write(bytes.subarray(0, trap.passing), () => {
      link.reset()
      trap.spring()
    })
    return false
  }

  const toServer = openWay<Told>(client, server, pace, conversation.toServer, ({ bytes, mark }, isFirst) => {
    const trap = mark === 'commit' && isFirst ? traps.byCommit() : undefined
    if (trap?.when === 'before') {
      link.reset()
      trap.spring()
      return false
    }
    if (trap !== undefined) caught = { held: [], ...trap }
    return give(server, bytes, 'to the server')
  })

  const toClient = openWay<Answered>(server, client, pace, conversation.toClient, ({ bytes, mark }) => {
    if (caught === undefined) return give(client, bytes, 'to the client')
    const { held, spring, release } = caught
    held.push(bytes)
    if (mark === null) return true
    caught = undefined
    if (mark === 'done') {
      link.reset()
      spring()
      return false
    }
    release()
    return give(client, Buffer.concat(held), 'to the client')
  })

  let open = 2
  for (const socket of [client, server]) {
    // What broke it is said to the other side, by `close`.
    socket.on('error', () => {})
    socket.on('close', () => {
      open -= 1
      if (open > 0) return
      caught?.release()
      closed()
    })
  }
  return link
}
