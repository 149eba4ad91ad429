import type { DeclaredKind, PayloadOf } from '../../shared/failures.ts'
import { failures } from '../../shared/failures.ts'
import { isAdministrator } from '../domain/people.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
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
  throw new Failure(kind, failures[kind].payload.parse(payload))
}

/** A procedure that can end in the failures of `K`, which must be those that are listed. */
function endingIn<K extends DeclaredKind>(...declared: readonly unknown[]) {
  const kinds: ReadonlySet<unknown> = new Set(declared)
  return procedure
    .errors((): DeclaredShape<K> | undefined => undefined)
    .use(async ({ ctx, path, type, getRawInput, next }) => {
      const result = await next({ ctx: { fail: fail as Fail<K> } })
      const call = { kinds, ctx, path, getRawInput }
      if (!result.ok) return { ...result, error: await settle(result.error, call) }
      if (type !== 'subscription') return result
      return { ...result, data: settleStream(result.data as AsyncIterable<unknown>, call) }
    })
}

/**
 * A procedure for anybody, signed in or not, that can end in these failures.
 *
 * The router's type carries them to the client. Whatever else goes wrong inside
 * becomes one of the common failures.
 */
export function anyone<const K extends readonly DeclaredKind[]>(...declared: Named<K>) {
  return endingIn<K[number]>(...declared)
}

/** A procedure for people who are signed in; others get `SIGNED_OUT`. */
export function signedIn<const K extends readonly DeclaredKind[]>(...declared: Named<K>) {
  return endingIn<K[number] | 'SIGNED_OUT'>('SIGNED_OUT', ...declared).use(({ ctx, next }) => {
    if (ctx.person === null) throw new Failure('SIGNED_OUT', {})
    return next({ ctx: { person: ctx.person } })
  })
}

/** A procedure for administrators and whoever runs the service; others get `ADMINISTRATORS_ONLY`. */
export function administrator<const K extends readonly DeclaredKind[]>(...declared: Named<K>) {
  return endingIn<K[number] | 'SIGNED_OUT' | 'ADMINISTRATORS_ONLY'>(
    'SIGNED_OUT',
    'ADMINISTRATORS_ONLY',
    ...declared,
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
