import type { AnyTRPCProcedure } from '@trpc/server'
import { readSettings } from '../../../server/config.ts'
import { openDatabase } from '../../../server/database/open.ts'
import { openLookUps } from '../../../server/domain/look-ups.ts'
import { createBareApp } from '../../../server/http/bare-app.ts'
import { healthRoutes } from '../../../server/http/health-routes.ts'
import { allowedOrigins } from '../../../server/http/origins.ts'
import { serveRouter } from '../../../server/http/trpc-routes.ts'
import { whoIsBySession } from '../../../server/http/who-is.ts'
import { createAuth } from '../../../server/identity/auth.ts'
import { createLog } from '../../../server/log.ts'
import { appRouter } from '../../../server/router.ts'
import { router } from '../../../server/trpc/init.ts'

/** Procedures of `profile` in the place of ours. */
type Broken = { readonly [P in keyof typeof appRouter.profile]?: AnyTRPCProcedure }

/** Serves Dibs by this process's environment, as `server/main.ts` does, with some of its procedures broken. */
export async function start(broken: Broken): Promise<void> {
  const { profile, admin } = appRouter
  const settings = readSettings(process.env)
  const { nameRules: rules, authSecret: secret = '', publicUrl } = settings
  const log = createLog(settings.logLevel)
  const database = await openDatabase(settings.database, log, rules)
  const origins = allowedOrigins(settings)
  const auth = createAuth({
    prisma: database.prisma,
    secret,
    publicUrl,
    origins,
    rateLimits: false,
    rules,
    announce() {},
    log,
    now: Date.now,
    ownProcess: false,
  })
  const lookUps = openLookUps(database, rules)
  const options = { whoIs: whoIsBySession(async () => auth), origins, database, rules, lookUps, limits: null }
  const app = await createBareApp({ settings, log })
  await app.register(
    (scope) =>
      serveRouter(scope, { ...options, router: router({ profile: { ...profile, ...broken }, admin }) }),
    { prefix: '/trpc' },
  )
  await app.register(healthRoutes, { database })
  process.once('SIGTERM', async () => {
    await app.close()
    await database.close()
    process.exit(0)
  })
  await app.listen({ host: settings.host, port: settings.port })
}
