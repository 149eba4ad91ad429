import { initTRPC, lazy, TRPCError, tracked } from '@trpc/server'
import * as z from 'zod'

type Options = NonNullable<Parameters<ReturnType<typeof initTRPC.context<object>>['create']>[0]>

/** An error class of somebody's own. */
class Odd extends Error {
  override name = 'Odd'
  readonly detail = { on: 'purpose' }
}

/** A router with everything that tRPC lets a procedure do. */
export function everyRouter(options: Options = {}) {
  const t = initTRPC
    .context<object>()
    .meta<{ quiet?: boolean }>()
    .create({ isDev: false, ...options })
  const { procedure, router } = t

  const named = procedure.input(z.object({ name: z.string().min(2), at: z.coerce.date().optional() }))
  const returns = (value: () => unknown) => procedure.input(z.unknown()).query(value)
  const throws = (cause: () => unknown) =>
    procedure.input(z.unknown()).query(() => {
      throw cause()
    })
  const circle: Record<string, unknown> = {}
  circle.self = circle
  async function* yielding() {
    yield 1
    yield 2
  }

  const inputs = router({
    none: procedure.query(() => 'none'),
    any: procedure.input(z.unknown()).query(({ input }) => ({ input, is: typeof input })),
    named: named.query(({ input }) => input),
    both: named.input(z.object({ more: z.number().default(3) })).query(({ input }) => input),
    changed: procedure.input(z.string().transform(async (text) => text.length)).query(({ input }) => input),
    byFunction: procedure
      .input((value: unknown) => {
        if (value === 'string') throw 'a string'
        if (value === 'refusal') throw new TRPCError({ code: 'FORBIDDEN', message: 'by the parser' })
        return { value }
      })
      .query(({ input }) => input),
    raw: procedure
      .use(async ({ getRawInput, next }) =>
        next({ ctx: { raw: [await getRawInput(), await getRawInput()] } }),
      )
      .query(({ ctx }) => ctx.raw),
    caught: procedure
      .use(async ({ getRawInput, next }) => {
        const reading = () => getRawInput().catch((error: Error) => error)
        const [one, two] = [await reading(), await reading()]
        return next({ ctx: { same: one === two, read: one instanceof Error ? one.message : one } })
      })
      .query(({ ctx: { same, read } }) => ({ same, read })),
  })

  const outputs = router({
    undefined: returns(() => undefined),
    null: returns(() => null),
    date: returns(() => new Date(0)),
    map: returns(() => new Map([[1, 2]])),
    number: returns(() => Number.NaN),
    function: returns(() => () => 1),
    symbol: returns(() => Symbol('x')),
    bigint: returns(() => 1n),
    circle: returns(() => circle),
    text: returns(() => 'ünï \u2028 😀 \ud800 </script>'),
    long: returns(() => 'ä'.repeat(100_000)),
    toJson: returns(() => ({ toJSON: (key: string) => `as ${key}` })),
    array: returns(() => [undefined, new Date(1), [Promise.resolve(1)]]),
    promise: returns(() => ({ later: Promise.resolve(1) })),
    deepPromise: returns(() => ({ deep: { later: Promise.resolve(1) } })),
    generator: returns(() => yielding()),
    iterables: returns(() => ({ some: yielding() })),
    listOfIterables: returns(() => [yielding()]),
    tracked: returns(() => tracked('1', { a: 1 })),
    valid: procedure.output(z.object({ kept: z.number() })).query(() => ({ kept: 1, dropped: 2 })),
    invalid: procedure.output(z.string().brand('never')).query(() => 3 as never),
    transformed: procedure.output(z.string().transform((text) => text.length)).query(() => 'four'),
  })

  const codes = [
    'BAD_REQUEST',
    'UNAUTHORIZED',
    'CONFLICT',
    'TOO_MANY_REQUESTS',
    'SERVICE_UNAVAILABLE',
  ] as const
  const failing = router({
    string: throws(() => 'a string'),
    undefined: throws(() => undefined),
    null: throws(() => null),
    number: throws(() => 0),
    object: throws(() => ({ message: 'an object', code: 'CONFLICT' })),
    array: throws(() => ['an array']),
    function: throws(() => () => 1),
    error: throws(() => new Error('an error')),
    odd: throws(() => new Odd('odd')),
    namedAlike: throws(() => Object.assign(new Error('alike'), { name: 'TRPCError', code: 'CONFLICT' })),
    notAnError: throws(() => new TRPCError({ code: 'CONFLICT', message: 'x', cause: 'a string' })),
    code: procedure.input(z.enum(codes)).query(({ input: code }) => {
      throw new TRPCError({ code, message: `of ${code}`, cause: new Odd('below') })
    }),
    unknownCode: throws(() => new TRPCError({ code: 'NO_SUCH_CODE' as 'CONFLICT' })),
    frozen: throws(() => Object.freeze(new TRPCError({ code: 'CONFLICT' }))),
    aborted: throws(() => new DOMException('left', 'AbortError')),
    declared: procedure
      .errors(({ shape, error }) => ({ ...shape, data: { ...shape.data, declared: error.message } }))
      .query(() => {
        throw new TRPCError({ code: 'CONFLICT', message: 'declared' })
      }),
    withStatus: procedure.input(z.number()).query(({ input }) => {
      throw new TRPCError({ code: 'CONFLICT', message: `status ${input}` })
    }),
  })

  const telling = procedure.meta({ quiet: true }).use(async ({ next, ...options }) => {
    const { path, type, meta, batchIndex, signal, input } = options
    const result = await next()
    const outcome = result.ok ? { data: result.data } : { error: result.error.message }
    const told = { path, type, meta, batchIndex, signal: signal instanceof AbortSignal, input, ...outcome }
    return { ...result, ok: true, data: told } as typeof result
  })

  return router({
    inputs,
    outputs,
    failing,
    passing: router({
      context: procedure.query(({ ctx }) => ({ ctx, is: ctx === null ? 'null' : typeof ctx })),
      more: procedure.use(({ next }) => next({ ctx: { more: 1 } })).query(({ ctx }) => ctx),
      otherInput: procedure
        .use(({ next }) => next({ input: { name: 'replaced' } }))
        .use(({ next, input }) => next({ ctx: { input } }))
        .query(({ ctx, input }) => ({ ctx, input })),
      otherRawInput: procedure
        .use(({ next }) => next({ getRawInput: async () => ({ name: 'raw' }) }))
        .input(z.object({ name: z.string() }))
        .query(({ input }) => input),
      told: telling.query(() => 'told'),
      toldOfError: telling.query(() => {
        throw new Odd('odd')
      }),
      keys: procedure.query((options) => Object.keys(options).sort()),
      nothing: procedure.use((() => undefined) as never).query(() => 1),
      early: procedure
        .use(async () => {
          throw new TRPCError({ code: 'FORBIDDEN', message: 'early' })
        })
        .query(() => 1),
      caller: procedure
        .experimental_caller(
          async ({ args, invoke }) => ({ called: await invoke(args[0] as never) }) as never,
        )
        .query(() => 'by a caller') as never,
      signal: procedure.query(({ signal }) => ({
        is: signal instanceof AbortSignal,
        aborted: signal?.aborted,
      })),
    }),
    lazy: lazy(async () =>
      router({ one: procedure.query(() => 'lazy'), deep: { two: named.query(() => 2) } }),
    ),
    lazyAndBroken: lazy(async () => {
      throw new Error('cannot be loaded')
    }),
    change: router({
      none: procedure.mutation(() => 'changed'),
      named: named.mutation(({ input }) => input),
      any: procedure.input(z.unknown()).mutation(({ input }) => ({ input, is: typeof input })),
      refused: procedure.mutation(() => {
        throw new TRPCError({ code: 'CONFLICT', message: 'no' })
      }),
    }),
    watch: procedure.subscription(async function* () {
      yield tracked('1', 'seen')
    }),
    'a b': procedure.query(() => 'a space'),
    'a,b': procedure.query(() => 'a comma'),
    'a%2Fb': procedure.query(() => 'an escape'),
    ünï: procedure.query(() => 'not ASCII'),
  })
}
