import { join } from 'node:path'
import type { Arena } from './arena.ts'
import { cpuOf, peakMemoryOf } from './cost/processes.ts'
import type { DatabaseInUse } from './database-in-use.ts'
import type { Operation } from './load/operations.ts'
import type { Request } from './load/request.ts'
import { closedLoop } from './load/wrk.ts'
import { nameOf } from './people.ts'
import type { Contestant } from './servers/contestants.ts'

/** What a contestant did in one window of load, and what it cost. Times are in microseconds. */
export interface Sample {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly serverCpu: number
  readonly databaseCpu: number
  readonly peakMemory: number
  /** The following are for each request. */
  readonly xids: number
  readonly walBytes: number
  readonly logBytes: number
  readonly sessions: number
  /** Answers with a status that the operation does not have. */
  readonly unexpected: Readonly<Record<string, number>>
  /** Requests answered as expected. */
  readonly answered: number
}

export interface WindowOptions {
  readonly operation: Operation
  readonly connections: number
  readonly seconds: number
  /** How many winners a second to be ready for. */
  readonly mostPerSecond: number
}

/** The taken names that losers and readers ask for are so many. */
const takenNames = 100
/** Distinct requests of an operation that can be repeated. */
const repeated = 2000

/** Lets one contestant work for some seconds while nobody else does. */
export async function runWindow(
  arena: Arena,
  contestant: Contestant,
  { operation, connections, seconds, mostPerSecond }: WindowOptions,
): Promise<Sample> {
  const { url, pid } = arena.running(contestant.server)
  const database = arena.databaseOf(contestant.server)
  const ask = contestant.asks[operation]
  if (ask === undefined) throw new Error(`${contestant.title} has no ${operation}`)
  const wins = operation === 'win'
  const requests = wins
    ? await winning(database, ask, Math.ceil(mostPerSecond * seconds) + connections)
    : repeating(database, ask, operation)
  const file = join(arena.dir, 'requests')
  const before = { ...(await database.used()), serverCpu: cpuOf(pid) }
  const result = await closedLoop({ url, requests, again: !wins, connections, seconds, file })
  const serverCpu = cpuOf(pid) - before.serverCpu
  const after = await database.used()
  if (wins) database.spend(result.sent)
  if (result.ranOut) throw new Error(`${contestant.title} won faster than ${mostPerSecond} names a second`)
  if (result.broken > 0)
    throw new Error(`${contestant.title}: ${result.broken} connections broke or timed out`)
  const { requests: count, micros, statuses, p50, p99 } = result
  const expected = String(operation === 'lose' ? (contestant.loses ?? 409) : 200)
  const { [expected]: answered = 0, ...unexpected } = statuses
  const each = (counter: keyof typeof after) => (after[counter] - before[counter]) / count
  return {
    perSecond: (answered / micros) * 1e6,
    p50,
    p99,
    serverCpu: serverCpu / count,
    databaseCpu: each('cpuMicros'),
    peakMemory: peakMemoryOf(pid),
    xids: each('xids'),
    walBytes: each('walBytes'),
    logBytes: each('logBytes'),
    sessions: each('sessions'),
    unexpected,
    answered,
  }
}

type Ask = (person: number, username: string) => Request

async function winning(database: DatabaseInUse, ask: Ask, many: number): Promise<Request[]> {
  const first = await database.winners(many)
  return Array.from({ length: many }, (_, at) => ask(first + at, nameOf(first + at)))
}

function repeating(
  { owners, losers }: DatabaseInUse,
  ask: Ask,
  operation: Exclude<Operation, 'win'>,
): Request[] {
  return Array.from({ length: repeated }, (_, at) => {
    const owner = at % owners
    const loser = owners + (at % losers)
    const asked = {
      lose: () => ask(loser, nameOf(at % takenNames)),
      retry: () => ask(owner, nameOf(owner)),
      get: () => ask(loser, nameOf(owner)),
      // Half of them are free: losers never get their names.
      check: () => ask(loser, nameOf(at % 2 === 0 ? owner : loser)),
    }
    return asked[operation]()
  })
}
