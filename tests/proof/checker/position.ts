import type { Event } from './events.ts'
import type { Model, Operation } from './model.ts'
import { type UnderWay, underWay } from './under-way.ts'

/** A state, and what took effect to reach it from where one was, in order. */
export interface Reached<State> {
  readonly state: State
  readonly took: readonly number[]
}

/** How much may still be tried. */
export interface Budget {
  steps: number
}

/** How far orders may go, to find the near ones first. */
export interface Reach {
  /** How many operations with an unknown outcome one order takes, at most. */
  readonly most: number
  /** Whether something may be answered as it was by chance. */
  readonly withChance: boolean
  /** Whether more would have been tried. */
  isShort: boolean
}

/** How far a history is explained: up to which event, in what order, and in what state that left. */
export interface Position<State> {
  readonly event: number
  readonly state: State
  readonly waiting: UnderWay<State>
  /** What took effect up to a mark, in order. */
  order(mark: Mark<State>): number[]
  /** What tells apart positions at the same event, beside the state: what took effect and goes on. */
  readonly ahead: ReadonlySet<number>
  /**
   * Goes on to where an operation has to have taken effect that has not yet, or, if nobody knows its
   * outcome, can't any more; answers it, or null at the end. `take` then decides.
   */
  advance(): number | null
  take(reached: Reached<State>): void
  /**
   * What the effect of an operation can leave, with all reads that it lets answer as they did; nothing
   * where that would be chance and is not to be tried yet.
   */
  after(reached: Reached<State>, id: number): Reached<State>[]
  isRead(id: number): boolean
  isUnknown(id: number): boolean
  /** Of one with an unknown outcome, whether it is likely that it was done. */
  isLikely(id: number): boolean
  mark(): Mark<State>
  rewind(mark: Mark<State>): void
}

/** Where to come back to. */
export interface Mark<State> {
  readonly event: number
  readonly state: State
  readonly length: number
}

const called = 0
const took = 1
const ended = 2
const dropped = 3

/**
 * The beginning of a history.
 *
 * A read is taken as soon as the state answers it as it was answered. That loses nothing: where
 * some order of the rest has it later, the same order with the read moved to now is one too,
 * since it changes no state, was called already, and has not returned.
 *
 * @param passed counts how often each event was come to
 */
export function beginningOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  events: readonly Event[],
  start: State,
  budget: Budget,
  reach: Reach,
  passed: Uint32Array,
): Position<State> {
  const likely = model.likely?.(operations) ?? new Set<number>()
  const ahead = new Set<number>()
  const isTaken = new Uint8Array(operations.length)
  const reads = operations.map(
    ({ return: end, input, output }) => end !== null && (model.isRead?.(input, output) ?? false),
  )
  const waiting = underWay(model, operations, (id) => reads[id] === true)
  // Every change, as an operation's number times 4 and what happened to it, to be undone.
  const log: number[] = []
  let event = 0
  let state = start
  let isResumed = false

  const isRead = (id: number) => reads[id] === true
  const isUnknown = (id: number) => operations[id]?.return === null

  function step(from: State, id: number): readonly State[] {
    budget.steps--
    const operation = operations[id]
    return operation === undefined ? [] : model.step(from, operation.input, operation.output)
  }

  function isCoincidence(from: State, id: number): boolean {
    const operation = operations[id]
    return operation !== undefined && model.isCoincidence?.(from, operation.input, operation.output) === true
  }

  function effect(id: number): void {
    isTaken[id] = 1
    ahead.add(id)
    log.push(id * 4 + took)
  }

  function after(reached: Reached<State>, id: number): Reached<State>[] {
    const changed = step(reached.state, id)
    if (changed.length === 0) return []
    if (!reach.withChance && isCoincidence(reached.state, id)) {
      reach.isShort = true
      return []
    }
    const already = new Set(reached.took)
    const reading = waiting.unanswered().filter((one) => !already.has(one))
    return changed.map((next) => {
      const nowAnswered = next === reached.state ? [] : reading.filter((one) => step(next, one).length > 0)
      return { state: next, took: [...reached.took, id, ...nowAnswered.filter((one) => one !== id)] }
    })
  }

  function meet({ kind, id }: Event): void {
    if (kind === 'call') {
      log.push(id * 4 + called)
      if (isRead(id) && step(state, id).length > 0) effect(id)
      else waiting.add(id)
    } else if (isTaken[id] === 1) {
      ahead.delete(id)
      log.push(id * 4 + ended)
    } else {
      waiting.delete(id)
      log.push(id * 4 + dropped)
    }
  }

  const undo = [
    (id: number) => waiting.delete(id),
    (id: number) => {
      isTaken[id] = 0
      ahead.delete(id)
      waiting.add(id)
    },
    (id: number) => ahead.add(id),
    (id: number) => waiting.add(id),
  ]

  return {
    get event() {
      return event
    },
    get state() {
      return state
    },
    waiting,
    isRead,
    isUnknown,
    isLikely: (id) => likely.has(id),
    after,
    order({ length }) {
      return log
        .slice(0, length)
        .filter((entry) => entry % 4 === took)
        .map((entry) => (entry - took) / 4)
    },
    ahead,
    advance() {
      for (;;) {
        const next = events[event]
        if (next === undefined) return null
        if (!isResumed) {
          passed[event] = (passed[event] ?? 0) + 1
          if (next.kind !== 'call' && isTaken[next.id] !== 1) return next.id
        }
        isResumed = false
        meet(next)
        event++
      }
    },
    take(reached) {
      isResumed = true
      state = reached.state
      for (const id of reached.took) {
        waiting.delete(id)
        effect(id)
      }
    },
    mark: () => ({ event, state, length: log.length }),
    rewind(mark) {
      ;({ event, state } = mark)
      while (log.length > mark.length) {
        const entry = log.pop() ?? 0
        undo[entry % 4]?.(Math.floor(entry / 4))
      }
    },
  }
}
