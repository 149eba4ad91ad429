import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify from 'fastify'
import { createAuth } from '../../../server/auth.ts'
import type { Database } from '../../../server/database/open.ts'
import { authRoutes } from '../../../server/http/auth-routes.ts'
import { fetchHeaders } from '../../../server/http/fetch-headers.ts'
import { silent } from '../../support/database.ts'
import { contextOf } from '../../support/people.ts'
import type { Answer } from '../ending.ts'
import { type Asked, routerWith } from './claim-procedure.ts'

/** Serves a broken claim over HTTP, with the real sign-up and the other procedures. */
export async function serveBroken(
  database: Database,
  claim: (asked: Asked) => Promise<Answer>,
): Promise<{ url: string; close(): Promise<void> }> {
  const publicUrl = 'http://localhost:3000'
  const origins = new Set<string>()
  const secret = 'Zk7vQ2mXw9bT4nRj6cHs8yLd3pFg5aUe'
  const { prisma } = database
  const auth = createAuth({ prisma, secret, publicUrl, origins, rateLimits: false, log: silent })
  const app = Fastify({ loggerInstance: silent, forceCloseConnections: true })
  await app.register(authRoutes, { prefix: '/api/auth', handler: auth.handler, publicUrl, origins })
  await app.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: {
      router: routerWith(claim),
      async createContext({ req }: { req: Parameters<typeof fetchHeaders>[0] }) {
        return contextOf(database, { person: await auth.authenticate(fetchHeaders(req)) })
      },
    },
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
}
