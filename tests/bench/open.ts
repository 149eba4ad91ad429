import type { Arena, Station } from './arena.ts'
import { type Durations, openLoop, openLoopSeconds } from './load/open.ts'
import { claimsAnew, requestsFor } from './load/requests.ts'
import { type ContestantName, contestants } from './servers/contestants.ts'
import { expectAnswers, runWindow, type Sample } from './window.ts'

const operations = ['win', 'lose'] as const
/** Of what the hand-written route can do at most. */
const shares = [0.3, 0.6]
const rivals: readonly ContestantName[] = ['dibs', 'by-hand']
/** For how many times as long as in the closed loop: of fewer requests there is no 99.9th percentile to speak of. */
const longer = 2

/** In microseconds. */
export interface Latency {
  readonly p50: number
  readonly p99: number
  readonly p999: number
}

/** One who answered requests at a rate, round by round. */
export interface OpenLine {
  readonly operation: (typeof operations)[number]
  readonly share: number
  readonly perSecond: number
  readonly contestant: ContestantName
  readonly rounds: OpenRound[]
  /** Of the requests of all rounds together: a single one has too few for its 99th percentile to mean much. */
  latency: Latency
}

export interface OpenRound {
  readonly latency: Latency
  readonly lag: Latency
  readonly unanswered: number
  readonly defects: Sample['defects']
}

export interface OpenOptions {
  readonly names: number
  readonly rounds: number
  readonly seconds: number
  /** How long each warms up, in seconds; 0 for not at all. */
  readonly warmUp: number
  readonly say: (line: string) => void
}

/**
 * Measures latency where both are asked equally often, so often as a share of what by hand was just seen
 * to do. A round before the first warms up what is not run at the peak, where claims are made together.
 */
export async function measureOpen(arena: Arena, options: OpenOptions): Promise<OpenLine[]> {
  const { names, rounds, warmUp, say } = options
  const seconds = longer * options.seconds
  const lines: OpenLine[] = []
  for (const operation of operations) {
    const peaks = new Map<ContestantName, number>()
    for (const name of rivals) peaks.set(name, await peakOf(arena, name, operation, options))
    const peak = peaks.get('by-hand') ?? 0
    say(`open loop, ${operation}: by hand does ${Math.round(peak)}/s at most`)
    for (const share of shares) {
      const perSecond = Math.round(peak * share)
      const latency = { p50: 0, p99: 0, p999: 0 }
      for (const contestant of rivals)
        lines.push({ operation, share, perSecond, contestant, rounds: [], latency })
    }
  }
  const stationOf = ({ contestant }: OpenLine) => arena.station(contestants[contestant].server, names)
  for (const line of warmUp > 0 ? lines : []) {
    await runOpen(arena, await stationOf(line), line, { seconds, seed: 0 })
    say(`warmed up: ${said(line)}`)
  }
  const recorded = new Map<OpenLine, Durations>()
  let done = 0
  for (let round = 1; round <= rounds; round += 1) {
    for (const line of round % 2 === 1 ? lines : lines.toReversed()) {
      const { latency, lag, ...counts } = await runOpen(arena, await stationOf(line), line, {
        seconds,
        seed: round,
      })
      line.rounds.push({ latency: latencyOf(latency), lag: latencyOf(lag), ...counts })
      const all = recorded.get(line)
      if (all === undefined) recorded.set(line, latency)
      else all.add(latency)
      line.latency = latencyOf(all ?? latency)
      done += 1
      const { p50, p99 } = latencyOf(latency)
      say(`${done} of ${lines.length * rounds}: ${said(line)}: p50 ${p50} µs, p99 ${p99} µs`)
    }
  }
  for (const name of rivals) {
    await (await arena.station(contestants[name].server, names)).database.expectRows()
  }
  return lines
}

function latencyOf(durations: Durations): Latency {
  const [p50, p99, p999] = [50, 99, 99.9].map((percent) => durations.getValueAtPercentile(percent))
  return { p50: p50 ?? 0, p99: p99 ?? 0, p999: p999 ?? 0 }
}

function said({ operation, perSecond, contestant }: OpenLine): string {
  return `${operation}, ${perSecond}/s, ${contestant}`
}

/** What somebody does at most, after having warmed up. */
async function peakOf(
  arena: Arena,
  name: ContestantName,
  operation: OpenLine['operation'],
  { names, warmUp, seconds }: OpenOptions,
): Promise<number> {
  const contestant = contestants[name]
  const station = await arena.station(contestant.server, names)
  const load = { operation, connections: 64, dir: arena.dir }
  if (warmUp > 0) await runWindow(station, contestant, { ...load, seconds: warmUp })
  const { perSecond } = await runWindow(station, contestant, { ...load, seconds })
  return perSecond
}

async function runOpen(
  arena: Arena,
  { url, database }: Station,
  { contestant: name, operation, perSecond }: OpenLine,
  { seconds, seed }: { seconds: number; seed: number },
) {
  const contestant = contestants[name]
  const { compiled, dir } = arena
  const load = { operation, seconds: openLoopSeconds(seconds), perSecond: perSecond + 1 }
  const requests = await requestsFor(database, contestant, load)
  const { sent, answered, failed, statuses, latency, lag } = await openLoop({
    url,
    requests,
    perSecond,
    seconds,
    seed,
    compiled,
    dir,
  })
  if (claimsAnew(operation)) database.spend({ sent, won: statuses['200'] ?? 0, answered: answered - failed })
  const defects = expectAnswers(contestant, operation, { statuses, broken: failed, ranOut: false })
  return { latency, lag, unanswered: sent - answered, defects }
}
