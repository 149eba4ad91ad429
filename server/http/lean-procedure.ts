import {
  type AnyTRPCProcedure,
  getTRPCErrorFromUnknown,
  TRPCError,
  type TRPCProcedureType,
} from '@trpc/server'

/** What a procedure is called with. */
interface Call {
  readonly path: string
  readonly type: TRPCProcedureType
  readonly ctx: unknown
  /** Where the signal is made when somebody asks for it. */
  readonly info: { readonly signal: AbortSignal }
  getRawInput(): Promise<unknown>
}

/** With the marker by which tRPC tells that a middleware passed on what `next` gave it. */
type Result = { readonly marker: 'middlewareMarker' } & (
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError }
)
type Middleware = (options: object) => Promise<Result | undefined>

/** What a middleware is called with; its accessor is the same for all, like those of `OneCall`. */
class Step {
  readonly path: string
  readonly type: TRPCProcedureType
  declare readonly signal: AbortSignal
  readonly batchIndex = 0
  readonly meta: unknown
  readonly ctx: unknown
  readonly input: unknown
  readonly getRawInput: () => Promise<unknown>
  readonly next: (passed?: Passed) => Promise<Result | undefined>
  readonly #info: Call['info']

  static readonly #signal: PropertyDescriptor & ThisType<Step> = {
    enumerable: true,
    get() {
      return this.#info.signal
    },
  }

  constructor({ path, type, info }: Call, { meta, ctx, input, getRawInput, next }: Given) {
    this.path = path
    this.type = type
    this.meta = meta
    this.ctx = ctx
    this.input = input
    this.getRawInput = getRawInput
    this.next = next
    this.#info = info
    Object.defineProperty(this, 'signal', Step.#signal)
  }
}

/** What differs from step to step. */
type Given = Pick<Step, 'meta' | 'ctx' | 'input' | 'getRawInput' | 'next'>

interface Passed {
  readonly ctx?: object
  readonly input?: unknown
  getRawInput?(): Promise<unknown>
}

/**
 * Calls a procedure as it would call itself. tRPC is compiled for engines without object
 * spread, and copies everything twice for each middleware: that costs several times what this does.
 */
export async function callProcedure(procedure: AnyTRPCProcedure, call: Call): Promise<unknown> {
  const { _def } = procedure
  if (_def.experimental_caller || !('middlewares' in _def) || !Array.isArray(_def.middlewares)) {
    const { info, ...others } = call
    return procedure({ ...others, signal: info.signal, batchIndex: 0 })
  }
  const middlewares: readonly Middleware[] = _def.middlewares
  const { meta } = _def

  // Not async: for each middleware that would make a generator, only to hand on what the middleware ends in.
  function callFrom(
    at: number,
    ctx: Call['ctx'],
    input: unknown,
    getRawInput: Call['getRawInput'],
  ): Promise<Result | undefined> {
    function next(passed?: Passed) {
      return callFrom(
        at + 1,
        passed?.ctx ? Object.assign({}, ctx, passed.ctx) : ctx,
        passed && 'input' in passed ? passed.input : input,
        passed?.getRawInput ?? getRawInput,
      )
    }
    try {
      const step = new Step(call, { meta, ctx, input, getRawInput, next })
      return Promise.resolve(middlewares[at]?.(step)).catch(failed)
    } catch (cause) {
      return Promise.resolve(failed(cause))
    }
  }

  const result = await callFrom(0, call.ctx, undefined, call.getRawInput)
  if (result === undefined) {
    throw new TRPCError({
      code: 'INTERNAL_SERVER_ERROR',
      message: 'No result from middlewares - did you forget to `return next()`?',
    })
  }
  if (!result.ok) throw result.error
  return result.data
}

function failed(cause: unknown): Result {
  return { ok: false, error: getTRPCErrorFromUnknown(cause), marker: 'middlewareMarker' }
}
