import cors from '@fastify/cors'
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Settings } from '../settings.ts'
import { answerFailure } from './answer-failure.ts'
import { closeWithLastAnswer } from './closing.ts'
import { expectHostWithoutUser } from './host-without-user.ts'
import { storeNowhere } from './no-store.ts'
import { originForm } from './origin-form.ts'
import { OwedAnswers } from './owed-answers.ts'
import { refuseInPlaceOfNode } from './refused-by-node.ts'
import { RequestLog } from './request-log.ts'
import { securityHeaders } from './security-headers.ts'
import { answerUnreadable } from './unreadable.ts'
import { answerUnroutable } from './unroutable.ts'

/** A request's body may have this many bytes: the longest profile, twice over. */
const bodyLimit = 32 * 1024

/** How long a request may take to arrive, and a connection may be silent while one is answered. */
const requestTimeoutMs = 20_000
const connectionTimeoutMs = 60_000
/** How often Node looks for requests that take too long. */
const lookForSlowMs = 2_000

export interface BareAppOptions {
  readonly settings: Pick<Settings, 'publicUrl' | 'corsOrigins' | 'trustProxy'>
  readonly log: FastifyBaseLogger
}

/** All that the service does for every request, whatever it asks for: an app without a route. */
export async function createBareApp({ settings, log }: BareAppOptions): Promise<FastifyInstance> {
  const answers = new OwedAnswers()
  const app = Fastify({
    loggerInstance: log,
    logController: new RequestLog(),
    bodyLimit,
    trustProxy: trusted(settings.trustProxy),
    requestIdHeader: false,
    rewriteUrl: originForm,
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
    clientErrorHandler: answerUnreadable(answers),
  })

  const security = securityHeaders(settings.publicUrl)
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(security).header('x-request-id', request.id)
    done()
  })
  storeNowhere(app)
  app.setErrorHandler(answerFailure)
  closeWithLastAnswer(app, answers)

  await app.register(cors, {
    origin: [...settings.corsOrigins],
    credentials: true,
    exposedHeaders: ['x-request-id', 'set-auth-token', 'retry-after'],
    maxAge: 600,
    strictPreflight: false,
  })
  refuseInPlaceOfNode(app)
  expectHostWithoutUser(app)
  return app
}

/** Which proxies to believe in Fastify's own form, in which a number of hops is a function. */
export function trusted(setting: Settings['trustProxy']) {
  return typeof setting === 'number' ? (_address: string, hop: number) => hop < setting : setting
}
