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
      // The headers of a stream may have said before that the connection is kept alive.
      if (closing && unanswered?.size === 0) socket.destroySoon()
    })
  })

  app.addHook('preClose', async () => {
    closing = true
    for (const [socket, unanswered] of open) if (unanswered.size === 0) socket.destroy()
    setTimeout(() => {
      for (const [socket, unanswered] of open) {
        // Behind a whole request, whose answer ends the connection anyway, a half one may wait.
        if ([...unanswered].every(({ complete }) => !complete)) socket.destroy()
      }
    }, patienceMs).unref()
  })
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    // Said of the last answer of a connection alone: Node would send none of those after it.
    if (closing && (open.get(raw.socket)?.size ?? 1) <= 1) reply.header('connection', 'close')
    done()
  })
}
