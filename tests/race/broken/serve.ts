import { fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify from 'fastify'
import type { Database } from '../../../server/database/open.ts'
import { authRoutes } from '../../../server/http/auth-routes.ts'
import { fetchHeaders } from '../../../server/http/fetch-headers.ts'
import { healthRoutes } from '../../../server/http/health-routes.ts'
import { createAuth } from '../../../server/identity/auth.ts'
import { meetingOf } from '../../failures/meeting.ts'
import { silent } from '../../support/database.ts'
import { contextOf } from '../../support/people.ts'
import { usualRules } from '../../support/rules.ts'
import { authSecret } from '../../support/sessions.ts'
import type { Answer } from '../ending.ts'
import { type Asked, routerWith } from './claim-procedure.ts'

/**
 * Serves a broken claim over HTTP, with the real sign-up and the other procedures.
 *
 * @param together how many claims of a name must have arrived before any of them goes on, so
 *   that they race however slowly they come in
 */
export async function serveBroken(
  database: Database,
  claim: (asked: Asked) => Promise<Answer>,
  { together = 1 } = {},
): Promise<{ url: string; close(): Promise<void> }> {
  const publicUrl = 'http://localhost:3000'
  const origins = new Set<string>()
  const { prisma } = database
  const auth = createAuth({
    prisma,
    secret: authSecret,
    publicUrl,
    origins,
    rateLimits: false,
    rules: usualRules,
    announce() {},
    log: silent,
    now: Date.now,
    ownProcess: false,
  })
  const arrivals = new Map<string, () => Promise<void>>()
  function arrivalAt(key: string): () => Promise<void> {
    const arrival = arrivals.get(key) ?? meetingOf(together)
    arrivals.set(key, arrival)
    return arrival
  }
  const app = Fastify({ loggerInstance: silent, forceCloseConnections: true })
  await app.register(authRoutes, { prefix: '/api/auth', auth: async () => auth, publicUrl, origins })
  await app.register(healthRoutes, { database })
  await app.register(fastifyTRPCPlugin, {
    prefix: '/trpc',
    trpcOptions: {
      router: routerWith(async (asked) => {
        await arrivalAt(asked.key)()
        return claim(asked)
      }),
      async createContext({ req }: { req: Parameters<typeof fetchHeaders>[0] }) {
        const session = await auth.sessionOf(fetchHeaders(req), silent)
        return contextOf(database, { person: session?.person ?? null })
      },
    },
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
}
