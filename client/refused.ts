import { TRPCClientError } from '@trpc/client'
import type { AppRouter } from '../server/router.ts'
import { failures, type PayloadOf } from '../shared/failures.ts'

/** JSON-RPC's own code for a request that is not valid. */
const invalidRequest = -32600

type Refusing = 'INVALID_INPUT' | 'FORBIDDEN' | 'NOT_FOUND'

/** The error of a call that is refused in the name of the service, as the service would have told it. */
export function refused<K extends Refusing>(httpStatus: number, kind: K, payload: PayloadOf<K>) {
  const { code, message } = failures[kind]
  const data = { code, httpStatus, kind, payload, requestId: '' }
  const error = { code: invalidRequest, message, data } as TRPCClientError<AppRouter>['shape'] & object
  return new TRPCClientError<AppRouter>(message, { result: { error } })
}

export function tooLong(httpStatus = 414) {
  return refused(httpStatus, 'INVALID_INPUT', { fields: {}, form: ['The request is too large.'] })
}
