import { nowNs } from '../clock.ts'
import type { Call } from '../history.ts'

/** Moves the database's clock on by so many days with `work`, which does it at one moment. */
export type MoveClock = (days: number, work: () => Promise<void>) => Promise<void>

export type ClockMove = Extract<Call, { procedure: 'clock' }>

/** The moves of the clock of a run, which belong into each history that is being written then. */
export interface ClockMoves {
  readonly move: MoveClock
  /** Adds all that are made from now on; the answer ends that, and resolves when none is under way. */
  into(add: (move: ClockMove) => void): () => Promise<void>
}

export function newClockMoves(): ClockMoves {
  const histories = new Set<(move: ClockMove) => void>()
  const underWay = new Set<Promise<void>>()
  let moves = 0

  async function move(days: number, work: () => Promise<void>): Promise<void> {
    moves += 1
    const id = `clock:${moves}`
    const call = nowNs()
    let outcome: ClockMove['outcome'] = { kind: 'OK', answer: {} }
    try {
      await work()
    } catch (error) {
      outcome = { kind: 'UNKNOWN', because: String(error) }
      throw error
    } finally {
      const moved = { id, process: 'clock', call, return: nowNs(), by: null, outcome }
      for (const add of histories) add({ ...moved, procedure: 'clock', input: { days } })
    }
  }

  return {
    move(days, work) {
      const moving = move(days, work)
      underWay.add(moving)
      void moving.catch(() => {}).finally(() => underWay.delete(moving))
      return moving
    },
    into(add) {
      histories.add(add)
      return async () => {
        await Promise.allSettled(underWay)
        histories.delete(add)
      }
    },
  }
}
