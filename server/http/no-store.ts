import type { FastifyInstance } from 'fastify'

/** Has no cache keep an answer that does not say otherwise: most are somebody's. */
export function storeNowhere(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // A file's is on the raw response.
    if (!reply.hasHeader('cache-control') && !reply.raw.hasHeader('cache-control')) {
      reply.header('cache-control', 'no-store')
    }
    done()
  })
}
