import type { NameRules } from '../../../server/domain/name-rules.ts'
import type { Call, Outcome } from '../history.ts'
import { namesModel, turnOf } from './names/model.ts'
import type { State } from './names/state.ts'
import type { Expected } from './names/turn.ts'
import type { Asked } from './names-arbitraries.ts'

/** A call as it is to go: when it takes effect, how long around that it lasts, and what goes wrong with it. */
export interface Planned {
  readonly asked: Asked
  readonly process: string
  readonly at: number
  readonly before: number
  readonly after: number
  /**
   * `lost` is answered and not done, `stale` answered from what was before the last change; of the
   * unknown ones nobody sees the answer, and one is not done.
   */
  readonly fate: 'fine' | 'lost' | 'stale' | 'unknown' | 'unknown and not done'
}

/** The history of calls that take effect by the rules, one after the other, as planned. */
export function simulate(
  plan: readonly Planned[],
  rules: NameRules,
  reserved: Iterable<string> = [],
): Call[] {
  const model = namesModel(rules, reserved)
  const inOrder = plan.toSorted((a, b) => a.at - b.at)
  const calls = inOrder.map(({ asked, process, at, before, after }, id): Call => {
    return {
      ...asked,
      id: String(id),
      process,
      call: at - before,
      return: at + after,
      outcome: { kind: 'UNKNOWN' },
    }
  })
  let state: State = model.init(calls.map((input) => ({ process: '', call: 0, input, return: null })))
  let previous = state
  return inOrder.flatMap(({ fate }, at) => {
    const call = calls[at]
    if (call === undefined) return []
    const said = { claimedAt: `t${at}`, heldUntil: `h${at}`, previousHeldUntil: `h${at}`, displayName: '' }
    const turn = turnOf(fate === 'stale' ? previous : state, call, said)
    const isDone = fate === 'fine' || fate === 'unknown'
    const next = (isDone && turn.after?.()) || state
    if (next !== state) previous = state
    state = next
    const isSeen = fate !== 'unknown' && fate !== 'unknown and not done'
    return { ...call, outcome: isSeen ? outcomeOf(turn.outcome, said) : { kind: 'UNKNOWN' } } as Call
  })
}

function outcomeOf({ kind, answer }: Expected, said: Readonly<Record<string, string>>): Outcome {
  const fields = Object.entries(answer).flatMap(([field, value]) =>
    value === null ? [] : [[field, value ?? said[field]]],
  )
  const told: unknown =
    kind === 'OK'
      ? { kind, answer: Object.fromEntries(fields) }
      : { kind, payload: Object.fromEntries(fields) }
  return told as Outcome
}
