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
  readonly signal: AbortSignal
  getRawInput(): Promise<unknown>
}

/** With the marker by which tRPC tells that a middleware passed on what `next` gave it. */
type Result = { readonly marker: 'middlewareMarker' } & (
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError }
)
type Middleware = (options: object) => Promise<Result | undefined>

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
    return procedure({ ...call, batchIndex: 0 })
  }
  const middlewares: readonly Middleware[] = _def.middlewares
  const { meta } = _def
  const { path, type, signal } = call

  async function callFrom(
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
      const options = { path, type, signal, batchIndex: 0, meta, ctx, input, getRawInput, next }
      return await middlewares[at]?.(options)
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause), marker: 'middlewareMarker' }
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
