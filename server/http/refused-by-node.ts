import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { invalidRequest } from '../trpc/failure.ts'

/**
 * Refuses in the form of all refusals what Node would refuse without a word: a request of
 * HTTP/1.1 that names no host (RFC 9112, 3.2), and one that expects something other than
 * 100-continue (RFC 9110, 10.1.1). Node itself must have been told to let go of the first.
 */
export function refuseInPlaceOfNode(app: FastifyInstance): void {
  const expectant = new WeakSet<IncomingMessage>()
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    expectant.add(request)
    app.server.emit('request', request, response)
  })
  app.addHook('onRequest', ({ raw }, _reply, done) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined)
      return done(invalidRequest('Name the host.'))
    if (expectant.has(raw)) return done(invalidRequest('Expect nothing but 100-continue.'))
    done()
  })
}
