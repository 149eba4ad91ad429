import { getTRPCErrorFromUnknown, type TRPCError } from '@trpc/server'
import { commonFailures } from '../../shared/failures.ts'
import { databaseFault, type UniqueViolation } from '../database/errors.ts'
import { type Asked, type Conflict, canBeOf, conflicts, type Told } from './conflicts.ts'
import type { Context } from './context.ts'
import { expectedFailure, Failure } from './failure.ts'
import { commonFailure } from './format.ts'

interface Call {
  /** The failures that the procedure declared. */
  readonly kinds: ReadonlySet<unknown>
  readonly ctx: Context
  readonly path: string
  getRawInput(): Promise<unknown>
}

/**
 * Decides what the caller of a procedure is told about an error, and logs what is not.
 *
 * A declared failure that left a call before leaves as a fresh instance, so one that is shared
 * between calls, or came out of a nested call, carries this call's request id; one that this procedure did
 * not declare is a defect. None of this waits: another call may end in the same instance meanwhile.
 * Prisma's P2002, in all its shapes, becomes the declared failure of the constraint it violated, or
 * `CONFLICT`.
 */
export function settle(error: TRPCError, call: Call): Failure | Promise<Failure> {
  const failure = failureFrom(error, call)
  return failure instanceof Promise ? failure.then((later) => toldIn(call, later)) : toldIn(call, failure)
}

function toldIn({ ctx }: Call, failure: Failure): Failure {
  failure.requestId = ctx.requestId
  return failure
}

/** Passes on what a subscription tells, and settles an error that ends it on the way. */
export async function* settleStream(stream: AsyncIterable<unknown>, call: Call): AsyncGenerator<unknown> {
  try {
    yield* stream
  } catch (error) {
    throw await settle(getTRPCErrorFromUnknown(error), call)
  }
}

function failureFrom(error: TRPCError, call: Call): Failure | Promise<Failure> {
  const { log } = call.ctx
  if (error instanceof Failure) {
    const { kind, payload, cause, code } = error
    if (call.kinds.has(kind) || Object.hasOwn(commonFailures, kind)) {
      return error.requestId === '' ? error : expectedFailure(kind, payload, { cause, code })
    }
    log.error({ err: error, procedure: call.path }, `undeclared failure ${kind}`)
    return new Failure('UNEXPECTED', null, { cause: error })
  }

  const fault = databaseFault(error.cause)
  switch (fault?.kind) {
    case 'unique':
      return conflictFrom(error, fault, call)
    case 'retry':
    case 'unavailable':
      log.warn({ err: error, procedure: call.path }, `database ${fault.kind}`)
      return new Failure('UNAVAILABLE', null, { cause: error })
    case 'timeout':
      log.warn({ err: error, procedure: call.path }, 'database timeout')
      return new Failure('UNAVAILABLE', null, { cause: error, code: 'GATEWAY_TIMEOUT' })
    case 'gone':
      log.warn({ err: error, procedure: call.path }, 'record gone')
      return new Failure('NOT_FOUND', null, { cause: error })
    default: {
      const failure = commonFailure(error)
      if (failure.kind === 'UNEXPECTED') log.error({ err: error, procedure: call.path }, 'defect')
      return failure
    }
  }
}

/** The failure that a unique violation means to this procedure. */
async function conflictFrom(error: TRPCError, violation: UniqueViolation, call: Call): Promise<Failure> {
  const asked: Asked = { input: await call.getRawInput(), ctx: call.ctx }
  const conflict = await violated(violation, asked)
  const told = conflict && (await toldOf(conflict, asked)).find(({ kind }) => call.kinds.has(kind))
  if (told) return new Failure(told.kind, told.payload, { cause: error })
  call.ctx.log.warn(
    { err: error, procedure: call.path, violation },
    'unique violation without a declared failure',
  )
  return new Failure('CONFLICT', null, { cause: error })
}

/** The constraint of the registry that was violated; where the server doesn't say, the only one that can have been. */
async function violated(violation: UniqueViolation, asked: Asked): Promise<Conflict | undefined> {
  const possible = conflicts.filter((conflict) => canBeOf(conflict, violation))
  if (violation.constraint !== undefined) return possible[0]
  const stand = await answered(asked, () => Promise.all(possible.map((conflict) => conflict.stands(asked))))
  const standing = possible.filter((_, at) => stand?.[at])
  return standing.length === 1 ? standing[0] : undefined
}

/** The failures that tell of a conflict, the best first. */
async function toldOf(conflict: Conflict, asked: Asked): Promise<readonly Told[]> {
  const { kind, say } = conflict
  const payload = conflict.payload(asked)
  if (payload === undefined) return []
  const more = say && (await answered(asked, () => say(asked)))
  return [...(more ?? []), { kind, payload } as Told]
}

/** Asks the database; where it can't answer, the failure is told without. */
async function answered<T>({ ctx }: Asked, question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question()
  } catch (error) {
    ctx.log.warn({ err: error }, 'cannot look up a conflict')
    return undefined
  }
}
