import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Database } from './database/open.ts'
import { openLookUps } from './domain/look-ups.ts'
import { topicsOf } from './domain/topics.ts'
import { authRoutes } from './http/auth-routes.ts'
import { createBareApp } from './http/bare-app.ts'
import { healthRoutes } from './http/health-routes.ts'
import { lateAuth } from './http/late-auth.ts'
import { allowedOrigins } from './http/origins.ts'
import { trpcRoutes } from './http/trpc-routes.ts'
import { webRoutes } from './http/web-routes.ts'
import { type WhoIs, whoIsBy, whoIsBySession } from './http/who-is.ts'
import { type Authenticate, leastSecret } from './identity/authenticate.ts'
import { limitsInMemory } from './limits.ts'
import type { Settings } from './settings.ts'

export interface AppOptions {
  readonly settings: Pick<Settings, 'publicUrl' | 'corsOrigins' | 'rateLimits' | 'nameRules' | 'trustProxy'>
  readonly database: Database
  readonly log: FastifyBaseLogger
  /** Your own identity, in place of e-mail and password; there is no `/api/auth` then. */
  readonly authenticate?: Authenticate
  /** Signs session cookies, at least 32 characters. Needed unless `authenticate` is given. */
  readonly authSecret?: string
  /** The time, in milliseconds since 1970. Default: the computer's. */
  readonly now?: () => number
  /** Whether nothing else in the process uses better-auth; all is faster then, on Node 20 and 22. Default: false. */
  readonly ownProcess?: boolean
  /** The built web app; without it only the API is served. */
  readonly webDir?: string
}

/**
 * The whole service as a Fastify app, not yet listening. Closing it waits for requests in
 * flight; the database stays open for whoever opened it.
 */
export async function createApp({
  settings,
  database,
  log,
  authenticate,
  authSecret,
  now = Date.now,
  ownProcess = false,
  webDir,
}: AppOptions): Promise<FastifyInstance> {
  const { publicUrl, rateLimits } = settings
  const origins = allowedOrigins(settings)
  const app = await createBareApp({ settings, log })

  let whoIs: WhoIs
  if (authenticate !== undefined) {
    whoIs = whoIsBy(authenticate)
  } else {
    if (authSecret === undefined || authSecret.length < leastSecret) {
      throw new TypeError(
        `createApp needs an authSecret of at least ${leastSecret} characters, or authenticate`,
      )
    }
    const auth = lateAuth(app, {
      prisma: database.prisma,
      secret: authSecret,
      publicUrl,
      origins,
      rateLimits,
      rules: settings.nameRules,
      announce: (held) => database.names.announce(topicsOf([held], settings.nameRules)),
      log,
      now,
      ownProcess,
    })
    await app.register(authRoutes, { prefix: '/api/auth', auth, publicUrl, origins })
    whoIs = whoIsBySession(auth)
  }
  const lookUps = openLookUps(database, settings.nameRules)
  await app.register(trpcRoutes, {
    prefix: '/trpc',
    whoIs,
    origins,
    database,
    rules: settings.nameRules,
    lookUps,
    limits: rateLimits ? limitsInMemory() : null,
  })
  await app.register(healthRoutes, { database })
  await app.register(webRoutes, { webDir, lookUps })
  return app
}
