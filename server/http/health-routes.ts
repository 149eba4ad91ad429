import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Database } from '../database/open.ts'

/** Whether something asks how we are, which it does too often to log. */
export function isProbe({ url }: FastifyRequest): boolean {
  return url === '/healthz' || url === '/readyz'
}

/** For whoever runs the process: `/healthz` while it is up, `/readyz` while it can serve. */
export const healthRoutes: FastifyPluginAsync<{ database: Database }> = async (app, { database }) => {
  app.get('/healthz', async () => ({ status: 'up' }))

  app.get('/readyz', async (request, reply) => {
    try {
      await database.ping()
      return { status: 'ready', database: database.engine }
    } catch (error) {
      request.log.warn({ err: error }, 'database is not ready')
      return reply.status(503).send({ status: 'unavailable', database: database.engine })
    }
  })
}
