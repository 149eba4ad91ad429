import type { DeclaredKind, PayloadOf } from '../../shared/failures.ts'
import { failures } from '../../shared/failures.ts'
import { isAdministrator } from '../domain/people.ts'
import type { Context } from './context.ts'
import { Failure } from './failure.ts'
import { procedure } from './init.ts'
import { settle } from './settle.ts'
import type { DeclaredShape } from './shape.ts'

/** Ends the procedure in a failure that it declared; an undeclared one does not compile. */
export type Fail<K extends DeclaredKind> = <P extends K>(kind: P, payload: PayloadOf<P>) => never

function fail(kind: DeclaredKind, payload: unknown): never {
  throw new Failure(kind, failures[kind].payload.parse(payload))
}

/**
 * A procedure for anybody, signed in or not, that can end in these failures.
 *
 * The router's type carries them to the client. Whatever else goes wrong inside
 * becomes one of the common failures.
 */
export function anyone<K extends DeclaredKind = never>(...declared: K[]) {
  const kinds: ReadonlySet<string> = new Set(declared)
  return procedure
    .errors((): DeclaredShape<K> | undefined => undefined)
    .use(async ({ ctx, path, getRawInput, next }) => {
      const result = await next({ ctx: { fail: fail as Fail<K> } })
      if (result.ok) return result
      return { ...result, error: await settle(result.error, { kinds, ctx, path, getRawInput }) }
    })
}

/** A procedure for people who are signed in; others get `SIGNED_OUT`. */
export function signedIn<K extends DeclaredKind = never>(...declared: K[]) {
  return anyone<K | 'SIGNED_OUT'>('SIGNED_OUT', ...declared).use(({ ctx, next }) => {
    if (ctx.person === null) throw new Failure('SIGNED_OUT', {})
    return next({ ctx: { person: ctx.person } })
  })
}

/** A procedure for administrators and whoever runs the service; others get `ADMINISTRATORS_ONLY`. */
export function administrator<K extends DeclaredKind = never>(...declared: K[]) {
  return anyone<K | 'SIGNED_OUT' | 'ADMINISTRATORS_ONLY'>(
    'SIGNED_OUT',
    'ADMINISTRATORS_ONLY',
    ...declared,
  ).use(async ({ ctx, next }) => next({ ctx: { actorId: await actorIn(ctx) } }))
}

/** Who administers, for the history: null is whoever runs the service. */
async function actorIn({ isOperator, person, database }: Context): Promise<string | null> {
  if (isOperator) return null
  if (person === null) throw new Failure('SIGNED_OUT', {})
  if (await isAdministrator(database.prisma, person.id)) return person.id
  throw new Failure('ADMINISTRATORS_ONLY', {})
}
