import type { PrismaClient } from '../../server/database/generated/client.ts'
import type { Database } from '../../server/database/open.ts'
import { type Claims, openClaims } from '../../server/domain/claims.ts'
import { createCaller } from '../../server/router.ts'
import type { Context } from '../../server/trpc/context.ts'
import { createCallerFactory } from '../../server/trpc/init.ts'
import { answerBeforeCommit } from './broken/answer-before-commit.ts'
import { checkThenWrite } from './broken/check-then-write.ts'
import { type Asked, routerWith } from './broken/claim-procedure.ts'
import { forgetTheOwner } from './broken/forget-the-owner.ts'
import { freeThenTake } from './broken/free-then-take.ts'
import type { Answer } from './ending.ts'

/** A way to claim a name, that races can be run on. */
export interface Implementation {
  /** The procedure, called without HTTP. */
  callerIn(context: Context): {
    readonly profile: { claimUsername(input: { username: string }): Promise<Answer> }
  }
  /** What it does to the database first. */
  prepare?(prisma: PrismaClient): Promise<unknown>
}

export const ours: Implementation = { callerIn: createCaller }

/** Ours, for people whose claims come to one process and are made together. */
export const oursTogether: Implementation = {
  callerIn: (context) => createCaller({ ...context, claims: claimsOf(context) }),
}

const claimsOnDatabases = new WeakMap<Database, Claims>()

function claimsOf({ database, rules }: Context): Claims {
  const claims = claimsOnDatabases.get(database) ?? openClaims(database, rules)
  claimsOnDatabases.set(database, claims)
  return claims
}

/** Claims that are wrong on purpose, to see that the races notice. */
export const broken = {
  'check, then write': brokenBy(checkThenWrite),
  'check, then write, with nothing unique': brokenBy(
    checkThenWrite,
    (prisma) => prisma.$executeRaw`ALTER TABLE usernames DROP CONSTRAINT usernames_pkey`,
  ),
  'answer before the commit': brokenBy(answerBeforeCommit),
  'refuse the owner': brokenBy(forgetTheOwner),
  'free, then take': brokenBy(freeThenTake),
}

export type BrokenName = keyof typeof broken

function brokenBy(
  claim: (asked: Asked) => Promise<Answer>,
  prepare?: (prisma: PrismaClient) => Promise<unknown>,
): Implementation {
  return { callerIn: createCallerFactory(routerWith(claim)), ...(prepare ? { prepare } : {}) }
}
