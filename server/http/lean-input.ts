import { type TRPCCombinedDataTransformer, TRPCError } from '@trpc/server'

/** The input of a call, which is parsed when it is first asked for, and then once. */
export function inputOf(json: string | undefined, { input }: TRPCCombinedDataTransformer) {
  let reading: Promise<unknown> | undefined
  let parsed: unknown

  async function parse(): Promise<unknown> {
    if (json === undefined) return undefined
    try {
      parsed = input.deserialize(JSON.parse(json))
      return parsed
    } catch (cause) {
      if (cause instanceof TRPCError) throw cause
      const message = cause instanceof Error ? cause.message : 'Invalid input'
      throw new TRPCError({ code: 'BAD_REQUEST', message, cause })
    }
  }

  return {
    read(): Promise<unknown> {
      reading ??= parse()
      return reading
    },
    /** As far as it has been asked for. */
    result: (): unknown => parsed,
  }
}
