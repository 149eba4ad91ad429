import { APIError } from 'better-auth/api'
import { databaseFault } from '../database/errors.ts'
import type { PrismaClient } from '../database/generated/client.ts'
import type { Log } from '../log.ts'
import { duringRequest } from './during-request.ts'

/**
 * A Prisma client whose errors better-auth can pass on. It would call each one
 * `FAILED_TO_CREATE_USER`, also where two sign-ups with one e-mail raced, or say 500 while
 * the database is away.
 */
export function explaining(prisma: PrismaClient, logNow: () => Log) {
  return prisma.$extends({
    query: {
      $allModels: {
        async $allOperations({ model, operation, args, query }) {
          try {
            return await query(args)
          } catch (error) {
            throw explained(error, model, operation, logNow())
          }
        },
      },
    },
  })
}

export function explained(error: unknown, model: string, operation: string, log: Log): unknown {
  const during = deletesAttempts(model, operation) ? undefined : duringRequest.getStore()
  const fault = databaseFault(error)
  switch (fault?.kind) {
    case 'unique':
      if (model !== 'User') return error
      return new APIError('UNPROCESSABLE_ENTITY', {
        code: 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL',
        message: 'User already exists. Use another email.',
      })
    case 'reference':
      // The account was deleted while somebody signed in to it.
      return new APIError('UNAUTHORIZED', {
        code: 'INVALID_EMAIL_OR_PASSWORD',
        message: 'Invalid email or password',
      })
    case 'unavailable':
    case 'retry':
    case 'timeout':
      log.warn({ err: error, model, operation }, `auth: database ${fault.kind}`)
      // Signing out swallows errors, this one and a defect, and would say that it succeeded.
      if (during) during.databaseAway = true
      return new APIError('SERVICE_UNAVAILABLE', {
        code: 'UNAVAILABLE',
        message: 'The service cannot answer right now. Try again.',
      })
    case 'gone':
      return error
    default:
      if (during) during.defect = error
      return error
  }
}

/** Whether old attempts at signing in are deleted; no others are. Where that fails, better-auth goes on. */
function deletesAttempts(model: string, operation: string): boolean {
  return model === 'RateLimit' && operation === 'deleteMany'
}

export function described(detail: unknown): unknown {
  return detail instanceof Error
    ? { name: detail.name, message: detail.message, stack: detail.stack }
    : detail
}
