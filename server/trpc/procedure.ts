import type { DeclaredKind, PayloadOf } from '../../shared/failures.ts'
import { failures } from '../../shared/failures.ts'
import { isAdministrator } from '../domain/people.ts'
import type { Person } from '../domain/person.ts'
import type { Context } from './context.ts'
import { expectedFailure, Failure } from './failure.ts'
import { procedure } from './init.ts'
import { settle, settleStream } from './settle.ts'
import type { DeclaredShape } from './shape.ts'

/** A type, but never for a union, of which nobody can tell at run time which it is. */
type One<T, All = T> = T extends unknown ? ([All] extends [T] ? T : never) : never

/** Kinds that are named one by one, so that their type says neither more nor less than is there. */
type Named<K extends readonly DeclaredKind[]> =
  One<K> extends never ? Unlisted : number extends K['length'] ? Unlisted : { [I in keyof K]: One<K[I]> }
type Unlisted = [never, ...never[]]

/** Ends the procedure in a failure that it declared; an undeclared one does not compile. */
export type Fail<K extends DeclaredKind> = <P extends K>(kind: One<P>, payload: PayloadOf<P>) => never

function fail(kind: DeclaredKind, payload: unknown): never {
  throw expectedFailure(kind, failures[kind].payload.parse(payload))
}

/**
 * A procedure that can end in the failures of `K`, which must be those that are listed, for `P`.
 *
 * In one middleware: tRPC copies the context and all else of a call several times for each.
 */
function endingIn<K extends DeclaredKind, P extends Person | null>(
  declared: readonly unknown[],
  needsPerson: boolean,
) {
  const kinds: ReadonlySet<unknown> = new Set(declared)
  return declaring<K>().use(async ({ ctx, path, type, getRawInput, next }) => {
    const call = { kinds, ctx, path, getRawInput }
    if (needsPerson && ctx.person === null) throw await settle(expectedFailure('SIGNED_OUT', {}), call)
    const result = await next({ ctx: { fail: fail as Fail<K>, person: ctx.person as P } })
    if (!result.ok) return { ...result, error: await settle(result.error, call) }
    if (type !== 'subscription') return result
    return { ...result, data: settleStream(result.data as AsyncIterable<unknown>, call) }
  })
}

/** As tRPC's `errors` types procedures. What it does besides, asking for a shape of each error, settling does. */
function declaring<K extends DeclaredKind>() {
  return procedure as unknown as ReturnType<typeof procedure.errors<DeclaredShape<K> | undefined>>
}

/**
 * A procedure for anybody, signed in or not, that can end in these failures.
 *
 * The router's type carries them to the client. Whatever else goes wrong inside
 * becomes one of the common failures.
 */
export function anyone<const K extends readonly DeclaredKind[]>(...declared: Named<K>) {
  return endingIn<K[number], Person | null>(declared, false)
}

/** A procedure for people who are signed in; others get `SIGNED_OUT`. */
export function signedIn<const K extends readonly DeclaredKind[]>(...declared: Named<K>) {
  return endingIn<K[number] | 'SIGNED_OUT', Person>(['SIGNED_OUT', ...declared], true)
}

/** A procedure for administrators and whoever runs the service; others get `ADMINISTRATORS_ONLY`. */
export function administrator<const K extends readonly DeclaredKind[]>(...declared: Named<K>) {
  return endingIn<K[number] | 'SIGNED_OUT' | 'ADMINISTRATORS_ONLY', Person | null>(
    ['SIGNED_OUT', 'ADMINISTRATORS_ONLY', ...declared],
    false,
  ).use(async ({ ctx, path, getRawInput, next }) => {
    const actorId = await actorIn(ctx)
    ctx.log.info({ actorId, procedure: path, input: await getRawInput() }, 'administration')
    return next({ ctx: { actorId } })
  })
}

/** Who administers, for the history: null is whoever runs the service. */
async function actorIn({ isOperator, person, database }: Context): Promise<string | null> {
  if (isOperator) return null
  if (person === null) throw new Failure('SIGNED_OUT', {})
  if (await isAdministrator(database.prisma, person.id)) return person.id
  throw new Failure('ADMINISTRATORS_ONLY', {})
}
