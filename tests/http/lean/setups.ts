import { initTRPC, TRPCError } from '@trpc/server'
import { everyRouter } from './router.ts'
import type { TrpcOptions } from './twins.ts'

const router = everyRouter()
const setup = (options: Partial<TrpcOptions>): TrpcOptions => ({ router, ...options }) as TrpcOptions

/** A transformer that is seen to have been at work, on either side. */
const boxing = {
  serialize: (value: unknown) => ({ box: value === undefined ? 'nothing' : value }),
  deserialize(value: { box: unknown }) {
    if (value.box === 'broken') throw new Error('broken box')
    if (value.box === 'refused') throw new TRPCError({ code: 'FORBIDDEN', message: 'refused box' })
    return value.box
  },
}

/** The ways to set tRPC up for HTTP that its documentation tells of, and some that go wrong. */
export const setups: Readonly<Record<string, TrpcOptions>> = {
  'nothing but a router': setup({}),
  'a context': setup({ createContext: async ({ req }) => ({ from: req.headers['x-from'] ?? 'nowhere' }) }),
  'a context that is null': setup({ createContext: () => null }),
  'a context that reads the input': setup({
    async createContext({ info }) {
      return { raw: await info.calls[0]?.getRawInput().catch((error: Error) => error.message) }
    },
  }),
  'a context that sets headers': setup({
    createContext({ res }) {
      res.header('x-context', 'made').header('set-cookie', 'a=1').header('vary', 'cookie')
      return {}
    },
  }),
  'a context that fails': setup({
    createContext() {
      throw new Error('no context')
    },
  }),
  'a context that is refused': setup({
    async createContext() {
      throw new TRPCError({ code: 'UNAUTHORIZED', message: 'who are you?' })
    },
  }),
  'a context that throws a string': setup({ createContext: () => Promise.reject('no context') }),
  'headers that are added': setup({
    responseMeta: ({ errors, type }) => ({
      headers: new Headers([
        ['vary', 'origin'],
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2; Path=/'],
        ['x-errors', String(errors.length)],
        ['cache-control', type === 'query' ? 'public, max-age=1' : 'no-store'],
        ['content-type', 'text/plain'],
      ]),
    }),
  }),
  'headers in a record': setup({
    responseMeta: () => ({
      headers: { vary: 'origin', 'X-Many': ['a', 'b'], 'set-cookie': ['a=1', 'b=2'], 'x-none': undefined },
    }),
  }),
  'headers that no answer can have': setup({
    responseMeta: ({ errors }) => (errors.length > 0 ? {} : { headers: { 'x-broken': 'a\nb' } }),
  }),
  'a status of its own': setup({ responseMeta: () => ({ status: 202 }) }),
  'a status without a body': setup({ responseMeta: () => ({ status: 204 }) }),
  'a status that is none': setup({ responseMeta: ({ errors }) => ({ status: errors.length ? 418 : 1000 }) }),
  'metadata that fails once': setup({
    responseMeta({ errors }) {
      if (errors.length === 0) throw new TRPCError({ code: 'CONFLICT', message: 'no metadata' })
      return { headers: new Headers([['x-late', 'yes']]) }
    },
  }),
  'metadata that always fails': setup({
    responseMeta() {
      throw new Error('never any metadata')
    },
  }),
  'an onError that fails': setup({
    onError() {
      throw new Error('cannot tell')
    },
  }),
  'methods that can be overridden': setup({ allowMethodOverride: true }),
  'no batches': setup({ allowBatching: false }),
  'batches of two': setup({ maxBatchSize: 2 }),
  'a formatter': setup({
    router: everyRouter({
      errorFormatter: ({ shape, error, path, type, input, ctx }) => ({
        ...shape,
        data: { ...shape.data, cause: error.cause?.message, path, type, input, ctx: String(ctx) },
      }),
    }),
    createContext: () => ({ toString: () => 'the context' }),
  }),
  'a formatter with a status': setup({
    router: everyRouter({
      errorFormatter: ({ shape, error }) => ({
        ...shape,
        data: { ...shape.data, httpStatus: Number(error.message.match(/^status (\d+)/)?.[1] ?? 418) },
      }),
    }),
  }),
  'a formatter of its own shape': setup({
    router: everyRouter({ errorFormatter: () => ({ message: 'm', code: -32004 }) as never }),
  }),
  'a formatter that gives a code alone': setup({
    router: everyRouter({ errorFormatter: () => ({ message: 'm', code: -32004, data: {} }) as never }),
  }),
  'a formatter that fails': setup({
    router: everyRouter({
      errorFormatter() {
        throw new Error('no format')
      },
    }),
  }),
  'a transformer': setup({ router: everyRouter({ transformer: boxing as never }) }),
  'an empty router': setup({ router: initTRPC.create().router({}) }),
}
