import type { PrismaClient } from '../../../server/database/generated/client.ts'
import type { Query } from '../../../server/database/query.ts'
import type { NameRules } from '../../../server/domain/name-rules.ts'
import type { Person } from '../../../server/domain/person.ts'
import { appRouter } from '../../../server/router.ts'
import { Failure } from '../../../server/trpc/failure.ts'
import { procedure, router } from '../../../server/trpc/init.ts'
import { ClaimUsernameInput, ClaimUsernameOutput } from '../../../shared/schemas.ts'
import { type Username, type UsernameKey, usernameKey } from '../../../shared/username.ts'
import type { Answer } from '../ending.ts'

/** One call of a broken claim. */
export interface Asked {
  readonly prisma: PrismaClient
  readonly query: Query
  readonly person: Person
  readonly username: Username
  readonly key: UsernameKey
  readonly rules: NameRules
}

/** The whole router with a broken claim in the place of ours, and no middleware that mends it. */
export function routerWith(claim: (asked: Asked) => Promise<Answer>) {
  const { claimUsername: _ours, ...others } = appRouter.profile
  const claimUsername = procedure
    .input(ClaimUsernameInput)
    .output(ClaimUsernameOutput)
    .mutation(({ ctx, input: { username } }) => {
      const { person, rules, database } = ctx
      if (person === null) throw new Failure('SIGNED_OUT', {})
      const { prisma, query } = database
      return claim({ prisma, query, person, username, key: usernameKey(username), rules })
    })
  return router({ profile: { ...others, claimUsername } })
}

export function taken({ username }: Asked): Failure {
  return new Failure('USERNAME_TAKEN', { username, suggestions: [] })
}
