import type { Database } from '../../server/database/open.ts'
import { callerOf, somebody } from '../support/people.ts'

/** Somebody new, and what they can do about their name. */
export function newClaimant(database: Database) {
  const person = somebody()
  const { claimUsername, releaseUsername } = callerOf(database, person).profile
  return { claimUsername, releaseUsername, person }
}

/** What happened to somebody's names, in order. */
export function changesFor({ prisma }: Database, personId: string) {
  return prisma.usernameChange.findMany({
    where: { personId },
    orderBy: { id: 'asc' },
    select: { cause: true, display: true },
  })
}
