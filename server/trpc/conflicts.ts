import * as z from 'zod'
import { skeleton } from '../../shared/confusables.ts'
import type { DeclaredKind, PayloadOf } from '../../shared/failures.ts'
import { Username, usernameKey } from '../../shared/username.ts'
import type { UniqueViolation } from '../database/errors.ts'
import type { Prisma } from '../database/generated/client.ts'
import type { Context } from './context.ts'

/** What Prisma accepts to find one row of a model by. */
type WhereUnique<M extends Prisma.ModelName> =
  Prisma.TypeMap['model'][M]['operations']['findUniqueOrThrow']['args']['where']

/** The fields of a model that are unique by the Prisma schema; naming another does not compile. */
export type UniqueField<M extends Prisma.ModelName> = {
  [F in keyof WhereUnique<M> & string]: { [_ in F]: NonNullable<WhereUnique<M>[F]> } extends WhereUnique<M>
    ? F
    : never
}[keyof WhereUnique<M> & string]

/** What a call was asked to do, for the failure to speak of it. */
export interface Asked {
  readonly input: unknown
  readonly ctx: Context
}

/** A declared failure and what it tells. */
export type Told = { [K in DeclaredKind]: { readonly kind: K; readonly payload: PayloadOf<K> } }[DeclaredKind]

/** Which declared failure the violation of a unique constraint means. */
export interface Conflict<
  M extends Prisma.ModelName = Prisma.ModelName,
  K extends DeclaredKind = DeclaredKind,
> {
  readonly model: M
  readonly field: string
  /** As PostgreSQL names them; a test holds them against `pg_index`. */
  readonly constraint: string
  readonly table: string
  readonly columns: readonly string[]
  readonly kind: K
  /** The failure's payload, or undefined where the call was about something else. */
  payload(asked: Asked): PayloadOf<K> | undefined
  /** The failures that say more, the best first; the database is asked, after the transaction that failed. */
  say?(asked: Asked): Promise<readonly Told[]>
  /** Whether the row that stands in the way is there; asked when the server didn't say which constraint it was. */
  stands(asked: Asked): Promise<boolean>
}

function conflict<M extends Prisma.ModelName, K extends DeclaredKind>(
  definition: Conflict<M, K> & { readonly field: UniqueField<M> },
): Conflict<M, K> {
  return definition
}

const AboutUsername = z.object({ username: Username })

/** The username that a call is about, if it is about one. */
function usernameIn({ input }: Asked): Username | undefined {
  return AboutUsername.safeParse(input).data?.username
}

/**
 * What whoever has the username now lets be said of it. Where it is free or one's own again, no more than the
 * plain failure of its conflict, which it was when that was met.
 */
async function sayOfUsername(asked: Asked): Promise<readonly Told[]> {
  const username = usernameIn(asked)
  if (username === undefined) return []
  const { person, address, lookUps } = asked.ctx
  const who = person?.id ?? address
  const { status, until, resembles, suggestions } = await lookUps.check({ username, person, who })
  const taken: Told = { kind: 'USERNAME_TAKEN', payload: { username, suggestions } }
  if (status === 'reserved') return [{ kind: 'USERNAME_RESERVED', payload: taken.payload }, taken]
  if (until) {
    const payload = { username, until: until.toISOString(), suggestions }
    return [{ kind: 'USERNAME_HELD', payload }, taken]
  }
  if (status === 'too-similar') {
    return [{ kind: 'USERNAME_TOO_SIMILAR', payload: { username, resembles, suggestions } }]
  }
  return status === 'taken' ? [taken] : []
}

/** The unique constraints whose violation a caller can do something about. */
export const conflicts = [
  conflict({
    model: 'Username',
    field: 'key',
    constraint: 'usernames_pkey',
    table: 'usernames',
    columns: ['key'],
    kind: 'USERNAME_TAKEN',
    payload(asked) {
      const username = usernameIn(asked)
      return username && { username, suggestions: [] }
    },
    say: sayOfUsername,
    async stands(asked) {
      const { ctx } = asked
      const username = usernameIn(asked)
      if (username === undefined) return false
      const key = usernameKey(username)
      const row = await ctx.database.prisma.username.findUnique({ where: { key }, select: { ownerId: true } })
      return row !== null && row.ownerId !== ctx.person?.id
    },
  }),
  conflict({
    model: 'Username',
    field: 'skeleton',
    constraint: 'usernames_skeleton_key',
    table: 'usernames',
    columns: ['skeleton'],
    kind: 'USERNAME_TOO_SIMILAR',
    payload(asked) {
      const username = usernameIn(asked)
      return username && { username, resembles: null, suggestions: [] }
    },
    say: sayOfUsername,
    async stands(asked) {
      const { ctx } = asked
      const username = usernameIn(asked)
      if (username === undefined) return false
      const row = await ctx.database.prisma.username.findUnique({
        where: { skeleton: skeleton(username) },
        select: { key: true, ownerId: true },
      })
      const isOther = row !== null && row.key !== usernameKey(username)
      return isOther && row.ownerId !== ctx.person?.id
    },
  }),
  conflict({
    model: 'Profile',
    field: 'id',
    constraint: 'profiles_pkey',
    table: 'profiles',
    columns: ['id'],
    kind: 'PROFILE_CHANGED',
    payload: () => ({}),
    async stands({ ctx }) {
      if (ctx.person === null) return false
      const row = await ctx.database.prisma.profile.findUnique({
        where: { id: ctx.person.id },
        select: { id: true },
      })
      return row !== null
    },
  }),
]

/**
 * Whether a violation can be of this constraint, by as much as it tells. The model and the columns
 * alone only rule out, since both can have other constraints too.
 */
export function canBeOf(conflict: Conflict, { constraint, columns, model }: UniqueViolation): boolean {
  if (constraint !== undefined) return constraint === conflict.constraint
  if (model !== undefined && model !== conflict.model) return false
  return columns === undefined || columns.join() === conflict.columns.join()
}
