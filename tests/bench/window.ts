import { join } from 'node:path'
import type { Station } from './arena.ts'
import { cpuOf, forgetPeak, peakMemoryOf } from './cost/processes.ts'
import type { Operation } from './load/operations.ts'
import { claimsAnew, requestsFor } from './load/requests.ts'
import { closedLoop, type Result } from './load/wrk.ts'
import type { Contestant } from './servers/contestants.ts'

/** What a contestant did in one window of load, and what it cost. Times are in microseconds. */
export interface Sample {
  readonly requests: number
  readonly perSecond: number
  readonly p50: number
  readonly serverCpu: number
  readonly databaseCpu: number
  readonly peakMemory: number
  /** The following are for each request. */
  readonly xids: number
  readonly walBytes: number
  readonly logBytes: number
  readonly sessions: number
  /** How many answers said that the server is at fault, by their status. */
  readonly defects: Readonly<Record<string, number>>
}

export interface WindowOptions {
  readonly operation: Operation
  readonly connections: number
  readonly seconds: number
  /** New claims a second to be ready for. */
  readonly perSecond?: number
  /** For files that are gone afterwards. */
  readonly dir: string
}

/** New claims a second to be ready for when nobody knows. */
const unseen = 15_000

/** Lets one contestant work for some seconds while nobody else does. */
export async function runWindow(
  station: Station,
  contestant: Contestant,
  { operation, connections, seconds, perSecond = unseen, dir }: WindowOptions,
): Promise<Sample> {
  const { url, pid, database } = station
  const requests = await requestsFor(database, contestant, { operation, seconds, perSecond })
  const again = !claimsAnew(operation)
  forgetPeak(pid)
  const before = { ...(await database.used()), serverCpu: cpuOf(pid) }
  const result = await closedLoop({ url, requests, again, connections, seconds, file: join(dir, 'requests') })
  const serverCpu = cpuOf(pid) - before.serverCpu
  const after = await database.used()
  if (!again) {
    const won = result.statuses['200'] ?? 0
    database.spend({ sent: result.sent, won, answered: result.requests })
  }
  const defects = expectAnswers(contestant, operation, result)
  const each = (counter: keyof typeof after) => (after[counter] - before[counter]) / result.requests
  return {
    requests: result.requests,
    perSecond: (result.requests / result.micros) * 1e6,
    p50: result.p50,
    serverCpu: serverCpu / result.requests,
    databaseCpu: each('cpuMicros'),
    peakMemory: peakMemoryOf(pid),
    xids: each('xids'),
    walBytes: each('walBytes'),
    logBytes: each('logBytes'),
    sessions: each('sessions'),
    defects,
  }
}

/** @throws when something else was measured than was meant; defects of the server are answered instead. */
export function expectAnswers(
  contestant: Contestant,
  operation: Operation,
  { statuses, ranOut, broken }: Pick<Result, 'statuses' | 'ranOut' | 'broken'>,
): Sample['defects'] {
  const where = `${contestant.title}, ${operation}`
  if (ranOut) throw new Error(`${where}: more claims a second than the bench has people for`)
  if (broken > 0) throw new Error(`${where}: ${broken} connections broke`)
  const expected = new Set(contestant.statuses(operation).map(String))
  const others = Object.entries(statuses).filter(([status]) => !expected.has(status))
  const [strange] = others.find(([status]) => Number(status) < 500) ?? []
  if (strange !== undefined) throw new Error(`${where} is answered ${strange}: ${JSON.stringify(statuses)}`)
  return Object.fromEntries(others)
}
