import type { NameRules } from '../../../server/domain/name-rules.ts'
import type { Call, Outcome } from '../history.ts'
import { check } from './check.ts'
import { explain } from './names/explain.ts'
import { namesModel } from './names/model.ts'
import { operationsOf } from './names/operations.ts'
import type { State } from './names/state.ts'
import { following, searching, smallest } from './shrink.ts'
import type { Violation } from './violation.ts'

export interface NamesOptions {
  /** What the servers were told. */
  readonly rules: NameRules
  /** The keys of the names that are reserved from the start. */
  readonly reserved?: Iterable<string>
  /** How often the model is asked for one part of the history, at most, before it is undecided. */
  readonly maxSteps?: number
}

/** What a history of names turned out to be. */
export interface NamesVerdict {
  /** `undecided` where nothing is violated and the budget ran out over a part: that is no pass. */
  readonly verdict: 'linearizable' | 'violated' | 'undecided'
  /** How many calls were judged: all but those that changed nothing and tell nothing. */
  readonly judged: number
  /** For each part that is linearizable, an order of what took effect that explains all answers. */
  readonly orders: readonly (readonly Call[])[]
  readonly violations: readonly NamesViolation[]
  /** The parts that the budget ran out over. */
  readonly undecided: readonly (readonly Call[])[]
  /** How often the model was asked. */
  readonly steps: number
}

/** Why a history of names is not linearizable. */
export interface NamesViolation {
  /** The smallest history that was found to be a violation too, in the order of its calls. */
  readonly calls: readonly Call[]
  /** The call that can't have been answered so. */
  readonly stuck: Call
  /** What happened, in plain sentences, one after the other. */
  readonly explanation: readonly string[]
}

/**
 * Decides whether a history is one that names can have, by their rules, with one call after the
 * other: see `check` for how, `search` for at what cost, and `smallest` for what is shown of a violation.
 */
export function checkNames(
  calls: readonly Call[],
  { rules, reserved = [], maxSteps }: NamesOptions,
): NamesVerdict {
  const model = namesModel(rules, reserved)
  const operations = operationsOf(calls)
  const recorded = new Map(calls.map((call) => [call.id, call]))
  const callOf = ({ input }: { readonly input: Call }) => recorded.get(input.id) ?? input
  const found = check(model, operations, maxSteps === undefined ? {} : { maxSteps })
  return {
    verdict: found.verdict,
    judged: operations.length,
    orders: found.orders.map((order) => order.map(callOf)),
    violations: found.violations.map((violation) => explained(violation)),
    undecided: found.undecided.map((part) => part.map(callOf)),
    steps: found.steps,
  }

  function explained(violation: Violation<State, Call, Outcome>): NamesViolation {
    const { stuck, among, judge, start, isCertain } = evidenceOf(violation)
    const kept = smallest(model, among, judge)
    const shown = (kept.includes(stuck) ? kept : [...kept, stuck]).map(callOf).sort((a, b) => a.call - b.call)
    const sentences = explain(shown, callOf(stuck), start, among.length - shown.length)
    const explanation = isCertain ? sentences : [whereToLook, ...sentences]
    return { calls: shown, stuck: callOf(stuck), explanation }
  }

  /**
   * Among which calls a violation is looked for, and how. From the beginning, as far as that takes no
   * longer than the check; else from a state that the search came through, of which not every place
   * is certain.
   */
  function evidenceOf({ part, stuck, start, operations, place }: Violation<State, Call, Outcome>) {
    const end = stuck.return ?? Number.POSITIVE_INFINITY
    const called = part.filter(({ call }) => call <= end)
    const first = model.init(part)
    if (called.length <= fewEnough) {
      return { stuck, among: called, judge: searching(model, first), start: first, isCertain: true }
    }
    const judge = place === undefined ? searching(model, start) : following(model, first, place)
    return { stuck, among: operations, judge, start, isCertain: place !== undefined }
  }
}

const whereToLook =
  'No order explains all calls. What follows is where to look first, from a state that the search came through.'

/** Of so many operations the smallest violation is found in seconds. */
const fewEnough = 1000
