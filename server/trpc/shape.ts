import type { TRPC_ERROR_CODE_KEY, TRPCDefaultErrorShape } from '@trpc/server'
import type { CommonKind, DeclaredKind, declaredFailures, PayloadOf } from '../../shared/failures.ts'

export interface Shape<Code extends TRPC_ERROR_CODE_KEY, Kind extends string, Payload>
  extends Omit<TRPCDefaultErrorShape, 'data'> {
  data: {
    code: Code
    httpStatus: number
    kind: Kind
    payload: Payload
    requestId: string
  }
}

/** The errors that any procedure can answer with, as they are on the wire. */
export type CommonShape = { [K in CommonKind]: Shape<TRPC_ERROR_CODE_KEY, K, PayloadOf<K>> }[CommonKind]

/** The errors that a procedure which declared `K` can answer with besides, as they are on the wire. */
export type DeclaredShape<K extends DeclaredKind> = {
  [P in K]: Shape<(typeof declaredFailures)[P]['code'], P, PayloadOf<P>>
}[K]
