import { isDeepStrictEqual } from 'node:util'
import type { AnyTRPCRouter } from '@trpc/server'
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify'
import Fastify, { type FastifyInstance } from 'fastify'
import { leanTrpc } from '../../../server/http/lean-trpc.ts'
import { type Came, exchange, type Sent } from './exchange.ts'

export type TrpcOptions = FastifyTRPCPluginOptions<AnyTRPCRouter>['trpcOptions']

/** A way to serve a router below `/trpc`. */
export type Plugin = (app: FastifyInstance, options: { trpcOptions: TrpcOptions }) => Promise<void> | void

/** What a request led to: what came back, and what `createContext` and the other functions were told. */
export interface Led extends Omit<Came, 'framing'> {
  readonly told: readonly unknown[]
}

/** A server on its own, of the plugin that is asked for. */
export async function serverOf(plugin: Plugin, trpcOptions: TrpcOptions) {
  const told: unknown[] = []
  const app = Fastify({ routerOptions: { maxParamLength: 2000 } })
  const options = { prefix: '/trpc', trpcOptions: overheard(trpcOptions, told) }
  await app.register(async (scope) => plugin(scope, options), { prefix: '/trpc' })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(app.listeningOrigin).port)
  return {
    app,
    port,
    async ask(sent: Sent): Promise<{ led: Led; framing: Came['framing'] }> {
      told.length = 0
      const { framing, ...came } = await exchange(port, sent)
      return { led: { ...came, told: JSON.parse(JSON.stringify(told)) }, framing }
    },
    close: () => app.close(),
  }
}

export type Server = Awaited<ReturnType<typeof serverOf>>

export const stock: Plugin = async (app, { trpcOptions }) => {
  await app.register(fastifyTRPCPlugin, { trpcOptions })
}
export const lean: Plugin = leanTrpc

/** The same options, which write down what they are told. */
function overheard(
  { createContext, responseMeta, onError, ...rest }: TrpcOptions,
  told: unknown[],
): TrpcOptions {
  return {
    ...rest,
    createContext(options) {
      const { calls, url, signal, ...info } = options.info
      told.push({
        createContext: info,
        calls: calls.map(({ procedure, ...call }) => ({
          ...call,
          type: procedure?._def.type,
          result: call.result(),
        })),
        url: url?.href,
        signal: [signal instanceof AbortSignal, signal.aborted],
        keys: Object.keys(options.info).sort(),
      })
      return createContext?.(options)
    },
    responseMeta(options) {
      const { ctx, data, errors, info, ...more } = options
      told.push({
        responseMeta: more,
        data: data.map((one) => ('error' in one ? one : Object.keys(one.result))),
        errors: errors.map(({ code, message }) => ({ code, message })),
        ctx: ctx === null ? 'null' : typeof ctx,
        calls: info?.calls.map((call) => [call.path, typeof call.result()]),
      })
      return responseMeta?.(options) ?? {}
    },
    onError(options) {
      const { error, path, input, type, ctx, req } = options
      const { code, message, cause } = error
      told.push({
        onError: { code, message, path, input, type },
        cause: [cause?.name, cause?.message],
        ctx: ctx === null ? 'null' : typeof ctx,
        req: req.method,
      })
      onError?.(options)
    },
  }
}

/** How a request reads in a message. */
const written = ({ body, ...sent }: Sent) =>
  JSON.stringify({ ...sent, body: body?.toString('latin1').slice(0, 99) })

/** The requests that lead to something else on one server than on the other, and to what. */
export async function differences(one: Server, other: Server, requests: readonly Sent[]): Promise<string[]> {
  const found: string[] = []
  for (const sent of requests) {
    const [first, second] = await Promise.all([one.ask(sent), other.ask(sent)])
    if (isDeepStrictEqual(first.led, second.led)) continue
    found.push([written(sent), JSON.stringify(first.led), JSON.stringify(second.led)].join('\n'))
  }
  return found
}
