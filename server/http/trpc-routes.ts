import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import { TRPC_ERROR_CODES_BY_KEY } from '@trpc/server/rpc'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { mostCallsInBatch } from '../../shared/wire.ts'
import type { Authenticate } from '../authenticate.ts'
import type { Database } from '../database/open.ts'
import type { Limits } from '../limits.ts'
import { isForeign } from '../origins.ts'
import { appRouter } from '../router.ts'
import type { Context } from '../trpc/context.ts'
import { Failure } from '../trpc/failure.ts'
import { fetchHeaders } from './fetch-headers.ts'
import { failureOfRequest } from './plain-failure.ts'

interface Options {
  readonly authenticate: Authenticate
  readonly origins: ReadonlySet<string>
  readonly database: Database
  readonly holdDays: number
  readonly limits: Limits | null
}

/** The procedures over HTTP: plain JSON, single or batched. */
export const trpcRoutes: FastifyPluginAsync<Options> = async (app, options) => {
  const { authenticate, origins, database, holdDays, limits } = options

  app.addHook('onRequest', async (request) => {
    if (request.method !== 'POST') return
    // Other types (multipart/form-data, text/plain) a foreign page may send without asking first.
    if (mediaType(request) !== 'application/json') throw refusal('UNSUPPORTED_MEDIA_TYPE')
    if (request.headers.cookie !== undefined && isForeign(request.headers, origins)) {
      throw new Failure('FORBIDDEN', null)
    }
  })

  app.setErrorHandler((error, request, reply) => {
    const failure = failureOfRequest(error, request)
    const { data, message } = failure
    const answer = { error: { message, code: TRPC_ERROR_CODES_BY_KEY[data.code], data } }
    reply.status(data.httpStatus).send(isBatch(request) ? callsOf(request).map(() => answer) : answer)
  })

  async function createContext({ req }: { req: FastifyRequest }): Promise<Context> {
    return {
      person: await whoIs(req),
      requestId: req.id,
      address: req.ip,
      log: req.log,
      database,
      holdDays,
      limits,
    }
  }

  async function whoIs(request: FastifyRequest) {
    try {
      return await authenticate(fetchHeaders(request))
    } catch (error) {
      request.log.error({ err: error }, 'cannot tell who is asking')
      const failure = new Failure('UNAVAILABLE', null, { cause: error })
      failure.requestId = request.id
      throw failure
    }
  }

  const plugin: FastifyTRPCPluginOptions<typeof appRouter> = {
    trpcOptions: { router: appRouter, createContext, maxBatchSize: mostCallsInBatch },
  }
  await app.register(fastifyTRPCPlugin, plugin)
}

function refusal(code: 'UNSUPPORTED_MEDIA_TYPE') {
  return Object.assign(new Error(code), { statusCode: 415 })
}

function mediaType({ headers }: FastifyRequest): string | undefined {
  return headers['content-type']?.split(';')[0]?.trim().toLowerCase()
}

function isBatch({ query }: FastifyRequest): boolean {
  return typeof query === 'object' && query !== null && 'batch' in query && query.batch === '1'
}

function callsOf(request: FastifyRequest): string[] {
  const [path = ''] = request.url.split('?')
  return path.split(',').slice(0, mostCallsInBatch)
}
