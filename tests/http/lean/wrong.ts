import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape } from '@trpc/server'
import { getHTTPStatusCode } from '@trpc/server/http'
import type { FastifyInstance } from 'fastify'
import { lean, type Plugin, type TrpcOptions } from './twins.ts'

/** A lean route as one writes it first, by what the documentation says of tRPC's envelope. */
async function plausible(app: FastifyInstance, { trpcOptions }: { trpcOptions: TrpcOptions }): Promise<void> {
  const { router, createContext } = trpcOptions
  app.all('/:path', async (request, reply) => {
    const { path } = request.params as { path: string }
    const { input } = request.query as { input?: string }
    const type = request.method === 'GET' ? 'query' : 'mutation'
    const { signal } = new AbortController()
    const plain = { isBatchCall: false, accept: null, connectionParams: null } as const
    const url = new URL(request.url, 'http://localhost')
    let ctx: unknown
    try {
      ctx = await createContext?.({
        req: request,
        res: reply,
        info: { ...plain, calls: [], type, signal, url },
      })
      const getRawInput = async () => (type === 'query' ? input && JSON.parse(input) : request.body)
      const data = await callTRPCProcedure({ router, path, type, ctx, signal, batchIndex: 0, getRawInput })
      return { result: { data } }
    } catch (cause) {
      const error = getTRPCErrorFromUnknown(cause)
      const shape = getTRPCErrorShape({ config: router._def._config, error, type, path, input, ctx })
      return reply.code(getHTTPStatusCode({ error: shape })).send({ error: shape })
    }
  })
}

/** The lean route, with something else about each of its answers. */
function leanBut(change: (app: FastifyInstance) => void): Plugin {
  return async (app, options) => {
    change(app)
    await lean(app, options)
  }
}

/** Routes that answer otherwise than tRPC itself does. */
export const wrong: Readonly<Record<string, Plugin>> = {
  'one as it is first written': plausible,
  'the lean one with a charset': leanBut((app) => {
    app.addHook('onSend', async (_request, reply) => {
      if (reply.getHeader('content-type') === 'application/json')
        reply.type('application/json; charset=utf-8')
    })
  }),
  'the lean one with a space': leanBut((app) => {
    app.addHook('onSend', async (_request, _reply, payload) =>
      typeof payload === 'string' ? payload.replace('{"result":{', '{"result": {') : payload,
    )
  }),
  'the lean one without Vary': leanBut((app) => {
    app.addHook('onSend', async (_request, reply) => {
      reply.removeHeader('vary')
    })
  }),
  'the lean one with another status': leanBut((app) => {
    app.addHook('onSend', async (_request, reply) => {
      if (reply.statusCode === 409) reply.code(400)
    })
  }),
  'the lean one that takes a byte order mark amiss': leanBut((app) => {
    app.addHook('preHandler', async (request) => {
      if (request.body === '\ufeff{"a":1}') request.body = '{"a":"\ufeff"}'
    })
  }),
}
