import cors from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import { createAuth } from './auth.ts'
import { type Authenticate, leastSecret } from './authenticate.ts'
import type { Database } from './database/open.ts'
import { topicsOf } from './domain/topics.ts'
import { answerFailure } from './http/answer-failure.ts'
import { authRoutes } from './http/auth-routes.ts'
import { closeWithLastAnswer } from './http/closing.ts'
import { fetchHeaders } from './http/fetch-headers.ts'
import { healthRoutes, isProbe } from './http/health-routes.ts'
import { refuseInPlaceOfNode } from './http/refused-by-node.ts'
import { securityHeaders } from './http/security-headers.ts'
import { trpcRoutes } from './http/trpc-routes.ts'
import { answerUnreadable } from './http/unreadable.ts'
import { answerUnroutable } from './http/unroutable.ts'
import { webRoutes } from './http/web-routes.ts'
import { type WhoIs, whoIsBySession } from './http/who-is.ts'
import { limitsInMemory } from './limits.ts'
import { allowedOrigins } from './origins.ts'
import type { Settings } from './settings.ts'

/** A request's body may have this many bytes: the longest profile, twice over. */
const bodyLimit = 32 * 1024

/** How long a request may take to arrive, and a connection may be silent while one is answered. */
const requestTimeoutMs = 20_000
const connectionTimeoutMs = 60_000
/** How often Node looks for requests that take too long. */
const lookForSlowMs = 2_000

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
  webDir,
}: AppOptions): Promise<FastifyInstance> {
  const { publicUrl, rateLimits } = settings
  const origins = allowedOrigins(settings)
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: isProbe }),
    bodyLimit,
    trustProxy: trusted(settings.trustProxy),
    requestIdHeader: false,
    genReqId: () => crypto.randomUUID(),
    requestTimeout: requestTimeoutMs,
    connectionTimeout: connectionTimeoutMs,
    // Node takes the longer of two timeouts for the whole request, and its own for headers is a minute.
    http: {
      connectionsCheckingInterval: lookForSlowMs,
      headersTimeout: requestTimeoutMs,
      requireHostHeader: false,
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    // The names of a batch's procedures are one path parameter.
    routerOptions: { maxParamLength: 2000 },
    frameworkErrors: answerUnroutable,
    clientErrorHandler: answerUnreadable,
  })

  const security = securityHeaders(publicUrl)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(security).header('x-request-id', request.id)
    done()
  })
  app.addHook('onSend', (_request, reply, _payload, done) => {
    // A file's is on the raw response.
    if (!reply.hasHeader('cache-control') && !reply.raw.hasHeader('cache-control')) {
      reply.header('cache-control', 'no-store')
    }
    done()
  })
  app.setErrorHandler(answerFailure)
  closeWithLastAnswer(app)

  await app.register(cors, {
    origin: [...settings.corsOrigins],
    credentials: true,
    exposedHeaders: ['x-request-id', 'set-auth-token', 'retry-after'],
    maxAge: 600,
    strictPreflight: false,
  })
  refuseInPlaceOfNode(app)

  let whoIs: WhoIs
  if (authenticate !== undefined) {
    whoIs = (request) => authenticate(fetchHeaders(request))
  } else {
    if (authSecret === undefined || authSecret.length < leastSecret) {
      throw new TypeError(
        `createApp needs an authSecret of at least ${leastSecret} characters, or authenticate`,
      )
    }
    const auth = createAuth({
      prisma: database.prisma,
      secret: authSecret,
      publicUrl,
      origins,
      rateLimits,
      rules: settings.nameRules,
      announce: (held) => database.names.announce(topicsOf([held], settings.nameRules)),
      log,
      now,
    })
    const { handler, paths } = auth
    await app.register(authRoutes, { prefix: '/api/auth', handler, paths, publicUrl, origins })
    whoIs = whoIsBySession(auth)
  }
  await app.register(trpcRoutes, {
    prefix: '/trpc',
    whoIs,
    origins,
    database,
    rules: settings.nameRules,
    limits: rateLimits ? limitsInMemory() : null,
  })
  await app.register(healthRoutes, { database })
  await app.register(webRoutes, { webDir, database })
  return app
}

/** Fastify's own form, in which a number of hops is a function. */
function trusted(setting: Settings['trustProxy']) {
  return typeof setting === 'number' ? (_address: string, hop: number) => hop < setting : setting
}
