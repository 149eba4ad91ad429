import type { DeclaredKind, PayloadOf } from '../../shared/failures.ts'
import { failures } from '../../shared/failures.ts'
import { Failure } from './failure.ts'
import { procedure } from './init.ts'
import { settle } from './settle.ts'
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
    .use(async ({ ctx, path, getRawInput, next }) => {
      const result = await next({ ctx: { fail: fail as Fail<K> } })
      if (result.ok) return result
      return { ...result, error: await settle(result.error, { kinds, ctx, path, getRawInput }) }
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
