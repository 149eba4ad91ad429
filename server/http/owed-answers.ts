import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

interface Connection {
  /** Those that are not sent yet, in the order of their requests. */
  readonly unsent: Set<ServerResponse>
  /** The last request whose answer was sent before the request had come whole. */
  answeredEarly?: IncomingMessage
}

/** Keeps which answers each connection of a server still waits for. */
export class OwedAnswers {
  readonly #connections = new Map<Socket, Connection>()

  /** @param sent called when an answer was sent on a connection, or can't be any more */
  follow(server: Server, sent: (socket: Socket) => void): void {
    server.on('connection', (socket) => {
      this.#connections.set(socket, { unsent: new Set() })
      socket.once('close', () => this.#connections.delete(socket))
    })
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const { socket } = request
      const connection = this.#connections.get(socket)
      if (connection === undefined) return
      connection.unsent.add(response)
      response.once('close', () => {
        connection.unsent.delete(response)
        if (!request.complete) connection.answeredEarly = request
        sent(socket)
      })
    })
  }

  hasConnections(): boolean {
    return this.#connections.size > 0
  }

  connections(): Iterable<Socket> {
    return this.#connections.keys()
  }

  /** How many answers are not sent yet, also of a request that has not come whole. */
  unsent(socket: Socket): number {
    return this.#connections.get(socket)?.unsent.size ?? 0
  }

  /** Whether an answer is that of the last request that has come on a connection. */
  isNewest(socket: Socket, response: ServerResponse): boolean {
    const unsent = this.#connections.get(socket)?.unsent
    return unsent === undefined || [...unsent].at(-1) === response
  }

  /** The last answer that is owed: to a request that came whole, or one that has begun already. */
  lastOwed(socket: Socket): ServerResponse | undefined {
    const { unsent = [] } = this.#connections.get(socket) ?? {}
    return [...unsent].findLast(({ req, headersSent }) => req.complete || headersSent)
  }

  /** Whether the request that is on its way has its answer already. */
  isAnsweredEarly(socket: Socket): boolean {
    return this.#connections.get(socket)?.answeredEarly?.complete === false
  }
}
