import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** How long a closing server waits for the rest of a request that is on its way. */
const patienceMs = 2_000

/**
 * Lets a closing server end with its last answer. Node itself would wait for connections that are kept
 * alive after it, for those that a browser opened ahead of need, and for requests that never come whole,
 * whose time limits it no longer minds.
 */
export function closeWithLastAnswer(app: FastifyInstance): void {
  /** The requests on each connection that are not answered yet. */
  const open = new Map<Socket, Set<IncomingMessage>>()
  let closing = false
  /** Whether the rest of a request is no longer waited for. */
  let late = false
  app.server.on('connection', (socket) => {
    if (closing) return socket.destroy()
    open.set(socket, new Set())
    return socket.once('close', () => open.delete(socket))
  })
  app.server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request
    const unanswered = open.get(socket)
    unanswered?.add(request)
    response.once('close', () => {
      unanswered?.delete(request)
      if (closing && unanswered) hangUpUnlessOwed(socket, unanswered)
    })
  })

  function hangUpUnlessOwed(socket: Socket, unanswered: ReadonlySet<IncomingMessage>): void {
    if ([...unanswered].every(({ complete }) => late && !complete)) socket.destroySoon()
  }
  function hangUpAll(): void {
    for (const [socket, unanswered] of open) hangUpUnlessOwed(socket, unanswered)
  }

  app.addHook('preClose', async () => {
    closing = true
    hangUpAll()
    setTimeout(() => {
      late = true
      hangUpAll()
    }, patienceMs).unref()
  })
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    // Said of the last answer of a connection alone: Node would send none of those after it.
    if (closing && (open.get(raw.socket)?.size ?? 1) <= 1) reply.header('connection', 'close')
    done()
  })
}
