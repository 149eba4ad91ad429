import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { OwedAnswers } from './owed-answers.ts'

/**
 * For how long a closing server still takes requests on the connections that there are. One that was sent
 * before its client could know is in no hands of ours yet: hung up, it would be lost without a word.
 */
const lastCallMs = 500

/** How long a closing server waits for the rest of a request that is on its way. */
const patienceMs = 2_000

/**
 * Lets a closing server end with its last answer. Node itself would wait for connections that are kept
 * alive after it, for those that a browser opened ahead of need, and for requests that never come whole,
 * whose time limits it no longer minds.
 */
export function closeWithLastAnswer(app: FastifyInstance, answers: OwedAnswers): void {
  let closing = false
  /** Whether no further request is taken. */
  let closed = false
  /** Whether the rest of a request is no longer waited for. */
  let late = false
  app.server.on('connection', (socket) => {
    if (closed) socket.destroy()
  })
  answers.follow(app.server, (socket) => {
    if (closed) hangUpUnlessOwed(socket)
  })

  function hangUpUnlessOwed(socket: Socket): void {
    const waits = late ? answers.lastOwed(socket) !== undefined : answers.unsent(socket) > 0
    if (!waits) socket.destroySoon()
  }
  function hangUpAll(): void {
    for (const socket of answers.connections()) hangUpUnlessOwed(socket)
  }

  app.addHook('preClose', async () => {
    closing = true
    if (answers.hasConnections()) await sleep(lastCallMs)
    closed = true
    hangUpAll()
    setTimeout(() => {
      late = true
      hangUpAll()
    }, patienceMs).unref()
  })
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (closing) {
      // Said of the last answer of a connection alone: Node would send none of those after it.
      if (answers.isNewest(raw.socket, reply.raw)) reply.header('connection', 'close')
      // Fastify says it of each that is asked for while it closes.
      else reply.raw.removeHeader('connection')
    }
    done()
  })
}
