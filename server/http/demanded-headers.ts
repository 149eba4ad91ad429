import type { TRPCError, TRPCProcedureType } from '@trpc/server'

/** A procedure's type, where all that is asked for is of one. */
export type AskedType = TRPCProcedureType | 'unknown'

const methods = { query: 'GET', subscription: 'GET', mutation: 'POST', unknown: 'GET, POST' } as const

/**
 * What an answer has to say besides why it refuses: by which methods it can be asked (RFC 9110,
 * 15.5.6), and how to tell who asks (15.5.2). For `Bearer` no browser shows a dialogue.
 */
export function demandedHeaders(errors: readonly TRPCError[], type: AskedType) {
  const isWrongMethod = errors.some(({ code }) => code === 'METHOD_NOT_SUPPORTED')
  const isNobody = errors.some(({ code }) => code === 'UNAUTHORIZED')
  if (!isWrongMethod && !isNobody) return undefined
  return { ...(isWrongMethod && { allow: methods[type] }), ...(isNobody && challenge) }
}

/** How to tell who asks. */
export const challenge = { 'www-authenticate': 'Bearer' } as const
