import type { DatabaseInUse } from '../database-in-use.ts'
import { nameOf } from '../people.ts'
import type { Contestant } from '../servers/contestants.ts'
import type { Operation } from './operations.ts'
import type { Request } from './request.ts'

/** How many claim one name in a race. */
const peopleInRace = 8
/** Distinct requests of an operation that can be repeated, and how far apart those are whom they are about. */
const repeated = 10_000
const stride = 7919

/** Whether each request of an operation is one that can be made only once, by somebody without a name. */
export function claimsAnew(operation: Operation): boolean {
  return operation === 'win' || operation === 'race'
}

/** The requests of an operation: for so many seconds, or to be repeated. */
export async function requestsFor(
  database: DatabaseInUse,
  { title, asks }: Contestant,
  { operation, seconds, perSecond }: { operation: Operation; seconds: number; perSecond: number },
): Promise<Request[]> {
  const ask = asks[operation]
  if (ask === undefined) throw new Error(`${title} has no ${operation}`)
  const { owners, losers } = database
  const many = claimsAnew(operation) ? Math.ceil(perSecond * seconds) : repeated
  const claimant = claimsAnew(operation) ? await database.claimants(many) : owners
  return Array.from({ length: many }, (_, at) => {
    const owner = (at * stride) % owners
    const loser = owners + (at % losers)
    const asked = {
      win: () => ask(claimant + at, nameOf(claimant + at)),
      race: () => ask(claimant + at, nameOf(claimant + at - (at % peopleInRace))),
      lose: () => ask(loser, nameOf(owner)),
      retry: () => ask(owner, nameOf(owner)),
      get: () => ask(loser, nameOf(owner)),
      // Half of them are free: losers never get their names.
      check: () => ask(loser, nameOf(at % 2 === 0 ? owner : loser)),
      floor: () => ask(loser, nameOf(owner)),
    }
    return asked[operation]()
  })
}
