import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { randomFrom } from '../../server/domain/random.ts'
import type { Cleanup } from '../bench/cleanup.ts'
import { Stop } from '../race/command/stop.ts'
import type { Options } from './command/options.ts'
import { faultsFor } from './faults/chosen.ts'
import { newClockMoves } from './faults/clock-moves.ts'
import { type Schedule, scheduleFaults } from './faults/schedule.ts'
import type { RoundResult } from './result.ts'
import { type OpenSystem, openSystem, rules } from './system/open-system.ts'
import { CheckerEnded, type Checking } from './verdict/checking.ts'
import { budgetRanOut, historyOf, maxSteps, notLinearizable, pictureIn } from './verdict/rounds.ts'
import { judgeRows, type RowsVerdict } from './verdict/rows.ts'
import { connectTo } from './workload/connection.ts'
import type { Acknowledged, Seen } from './workload/recorder.ts'
import { clientsOf, type Field, type RoundOver, runRound } from './workload/round.ts'
import { newTally, type Tally } from './workload/tally.ts'

/** What a run has come to so far. */
export interface Progress {
  readonly options: Options
  readonly tally: Tally
  readonly rounds: RoundResult[]
  readonly unknown: Seen[]
  readonly acknowledged: Acknowledged[]
  readonly violations: string[]
  readonly undecided: string[]
  schedule: Schedule | null
  versions: Readonly<Record<string, string>>
  rows: RowsVerdict | null
  /** When people began, by `performance.now`; and for how long they went on. */
  beganAt: number | null
  seconds: number
  isInterrupted: boolean
  /** Whether people use the system now. */
  isInUse: boolean
}

export function newProgress(options: Options): Progress {
  return {
    options,
    tally: newTally(),
    rounds: [],
    unknown: [],
    acknowledged: [],
    violations: [],
    undecided: [],
    schedule: null,
    versions: {},
    rows: null,
    beganAt: null,
    seconds: 0,
    isInterrupted: false,
    isInUse: false,
  }
}

/** What a run is made with. */
export interface Means {
  readonly checking: Checking
  readonly cleanup: Cleanup
  /** The directory of an embedded database that is migrated, to begin with a copy of it. */
  readonly template?: string
  /** Whether enough has happened, before the run is over by its options. */
  isEnough?(progress: Progress): boolean
}

const administrators = 2
/** More than a machine is likely to do: rounds have people of their own, who are made before. */
const mostCallsPerSecond = { embedded: 2500, postgres: 8000, patroni: 4000 }
const leastClaimsAmongCalls = 0.4
/** So many rounds may wait for their check; the next begins only then. */
const mostUnchecked = 2

/** Each device may have asked twice at once, and be waiting for a late answer beside that. */
function connectionsFor(people: number): number {
  return 4 * (clientsOf(people) + administrators)
}

/** Runs Dibs under load and faults, and judges what came of it; all of it is in `progress`, also when it ends early. */
export async function runProof(
  progress: Progress,
  { checking, cleanup, template, isEnough }: Means,
): Promise<void> {
  const { options } = progress
  const { database, processes, program, report: dir, people, minutes, claims, calls, seed } = options
  const faults = faultsFor(database, options.faults)
  if (!existsSync(program)) throw new Stop(`There is no server's program at ${program}.`)
  await mkdir(dir, { recursive: true })
  await rm(pictureIn(dir), { force: true })
  const rounds =
    2 +
    Math.ceil(
      claims === undefined
        ? (minutes * 60 * mostCallsPerSecond[database]) / calls
        : claims / (calls * leastClaimsAmongCalls),
    )
  const crowds = { rounds, people, administrators }
  const system = await openSystem({ database, processes, program, dir, crowds, template })
  cleanup.add(system.close)
  progress.versions = system.versions
  const connections = new Map(
    system.servers.map((server) => [server, connectTo(server.url, connectionsFor(people))]),
  )
  cleanup.add(() => Promise.all([...connections.values()].map((connection) => connection.close())))

  const clock = newClockMoves()
  const schedule = scheduleFaults(system, faults, {
    random: randomFrom(seed),
    pauseMs: options.pause * 1000,
    isInUse: () => progress.isInUse,
    moveClock: clock.move,
  })
  progress.schedule = schedule
  progress.tally.onDone = schedule.done
  progress.beganAt = performance.now()
  const endsAt = progress.beganAt + minutes * 60_000
  const isOver = () =>
    progress.isInterrupted ||
    progress.violations.length > 0 ||
    progress.tally.wrongAnswers > 0 ||
    isEnough?.(progress) === true ||
    (claims === undefined ? performance.now() > endsAt : progress.tally.claims >= claims)
  const field: Field = {
    servers: system.servers,
    settling: {
      restarts: system.restarts,
      worksOnForMs: system.worksOnForMs,
      calmFrom: schedule.calmFrom,
    },
    connections,
    tally: progress.tally,
    seed,
    names: options.names,
    callsPerRound: calls,
    clock,
    onLastReads() {
      progress.isInUse = false
    },
    isOver,
  }
  const deaths = Promise.race(system.servers.map(({ death }) => death))
  try {
    await Promise.race([runRounds(field, system, checking, progress), deaths])
  } catch (error) {
    progress.violations.push(error instanceof Error ? error.message : String(error))
  }
  await schedule.stop()
  await judge(system, progress)
}

/** Round after round, until it is over; each is checked while the next goes on. */
async function runRounds(
  field: Field,
  system: OpenSystem,
  checking: Checking,
  progress: Progress,
): Promise<void> {
  const { options } = progress
  const checks: Promise<void>[] = []
  for (const [number, crowd] of system.crowds.entries()) {
    if (field.isOver()) break
    const file = historyOf(options.report, number)
    const callsBefore = progress.tally.calls
    progress.isInUse = true
    const over = await runRound(field, { number, crowd, file })
    progress.isInUse = false
    progress.acknowledged.push(...over.acknowledged)
    progress.unknown.push(...over.unknown)
    if (!over.isWhole) progress.undecided.push(`round ${number}: not everything could be read at its end`)
    checks.push(check(over, progress.tally.calls - callsBefore, checking, progress))
    await checks.at(-mostUnchecked)
  }
  if (!field.isOver()) progress.undecided.push('the people ran out before the run was over: raise --calls')
  progress.seconds = (performance.now() - (progress.beganAt ?? 0)) / 1000
  await progress.schedule?.stop()
  await Promise.all(checks)
}

async function check(
  { number, mix, file, unknown }: RoundOver,
  calls: number,
  checking: Checking,
  progress: Progress,
): Promise<void> {
  const { options, schedule } = progress
  const title = `Dibs on ${options.database}, seed ${options.seed}, round ${number}`
  const picture = pictureIn(options.report)
  const faults = schedule?.happened ?? []
  try {
    const checked = await checking.check({ file, title, rules, maxSteps, faults, picture })
    const { verdict, judged, steps, tookMs, explanations } = checked
    const counts = { calls, unknown: unknown.length, judged, steps, checkMs: tookMs }
    progress.rounds.push({ number, mix, ...counts, verdict, explanations })
    if (verdict === 'violated') {
      const why = explanations.map((explanation) => notLinearizable(number, explanation))
      progress.violations.push(...why)
    } else if (verdict === 'undecided') {
      progress.undecided.push(budgetRanOut(number))
    }
    if (verdict === 'linearizable' && !options.keepHistory) await rm(file)
  } catch (error) {
    if (error instanceof CheckerEnded) progress.undecided.push(`round ${number}: ${error.message}`)
    else progress.violations.push(`round ${number} has answers that are none: ${String(error)}`)
  }
}

/** Judges the rows that the servers left. */
async function judge(system: OpenSystem, progress: Progress): Promise<void> {
  try {
    const database = await system.stopAndOpen()
    try {
      progress.rows = await judgeRows(database, progress.acknowledged)
      progress.violations.push(...progress.rows.violations)
    } finally {
      await database.close()
    }
  } catch (error) {
    progress.undecided.push(`the rows could not be read: ${String(error)}`)
  }
}
