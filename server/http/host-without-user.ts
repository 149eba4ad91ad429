import type { FastifyInstance } from 'fastify'
import { invalidRequest } from '../trpc/failure.ts'

/** Refuses a host with a user name, where none belongs (RFC 9110, 7.2) and the Fetch API fails on it. */
export function expectHostWithoutUser(app: FastifyInstance): void {
  app.addHook('onRequest', ({ headers }, _reply, done) => {
    done(headers.host?.includes('@') ? invalidRequest('Name the host without a user.') : undefined)
  })
}
