import { setTimeout as sleep } from 'node:timers/promises'
import { shuffled } from '../../race/random.ts'
import { nowNs } from '../clock.ts'
import type { DibsServer } from '../system/dibs-server.ts'
import type { OpenSystem } from '../system/open-system.ts'
import type { MoveClock } from './clock-moves.ts'
import type { Fault } from './fault.ts'

/** A fault that happened, in nanoseconds of the clock. */
export interface Happened {
  readonly name: string
  readonly from: number
  /** When all was set right again. */
  readonly to: number
  /** What was hit, or why it could not be made to happen. */
  readonly what: string
  readonly isFailed: boolean
  /** After its end, until each server did something that changes something; null while none has. */
  readonly recoveredMs: Record<string, number | null>
}

export interface Schedule {
  readonly happened: readonly Happened[]
  /** The fault under way, if any. */
  readonly current: string | undefined
  /** From when on, a moment or after it, nothing went wrong that had begun by then; undefined while it does. */
  calmFrom(moment: number): number | undefined
  /** To be told of each change that a server has made. */
  done(server: DibsServer, at: number): void
  /** Lets the fault under way come to its end, and begins no other. */
  stop(): Promise<void>
}

/** The shortest pause between two faults, as a share of the average. */
const shortest = 1 / 3

interface Setting {
  readonly random: () => number
  /** Between two faults, on average. */
  readonly pauseMs: number
  /** Whether anybody uses the system; nothing goes wrong while nobody does. */
  isInUse(): boolean
  readonly moveClock: MoveClock
}

/** Makes faults happen one after the other, each as often as the others, at moments that follow from `random`. */
export function scheduleFaults(
  system: OpenSystem,
  faults: readonly Fault[],
  { random, pauseMs, isInUse, moveClock }: Setting,
): Schedule {
  const happened: Happened[] = []
  const stopping = new AbortController()
  const waiting = new Map<DibsServer, Happened[]>()
  let current: { readonly name: string; readonly from: number } | undefined

  async function run(): Promise<void> {
    let deck: Fault[] = []
    while (faults.length > 0) {
      const share = shortest + random() * 2 * (1 - shortest)
      await sleep(share * pauseMs, undefined, { signal: stopping.signal })
      if (!isInUse()) continue
      const next = deck.pop()
      if (next === undefined) deck = shuffled(faults, random)
      else await inject(next)
      if (stopping.signal.aborted) return
    }
  }

  async function inject(fault: Fault): Promise<void> {
    const from = nowNs()
    current = { name: fault.name, from }
    const end = await fault.inject(system, random, moveClock).then(
      (what) => ({ what, isFailed: false }),
      (error: unknown) => ({ what: error instanceof Error ? error.message : String(error), isFailed: true }),
    )
    const recoveredMs = Object.fromEntries(system.servers.map(({ name }) => [name, null]))
    const one: Happened = { name: fault.name, from, to: nowNs(), ...end, recoveredMs }
    happened.push(one)
    for (const server of system.servers) waiting.set(server, [...(waiting.get(server) ?? []), one])
    current = undefined
  }

  const running = run().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  running.catch(() => {})
  return {
    happened,
    get current() {
      return current?.name
    },
    calmFrom(moment) {
      if (current !== undefined && current.from <= moment) return undefined
      const before = happened.filter(({ from }) => from <= moment)
      // Nobody knows what a fault left behind that could not be made.
      if (before.some(({ isFailed }) => isFailed)) return undefined
      return Math.max(moment, ...before.map(({ to }) => to))
    },
    done(server, at) {
      const here = waiting.get(server)
      if (here === undefined || here.length === 0) return
      for (const { to, recoveredMs } of here)
        recoveredMs[server.name] = Math.max(0, Math.round((at - to) / 1e4) / 100)
      waiting.delete(server)
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
