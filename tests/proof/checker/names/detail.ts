import type { NameRules } from '../../../../server/domain/name-rules.ts'
import type { Call, Outcome } from '../../history.ts'
import type { Detail } from '../model.ts'
import type { Facts } from './facts.ts'
import { turnOf } from './model.ts'
import { projectionOfNames } from './projection.ts'
import { viewsOf } from './standing.ts'
import { nameOf, personOf, place, type State } from './state.ts'
import { told } from './turn.ts'

/** The clock, which everything looks at. */
const clock = 'clock'

/** What the rules of names depend on, place by place. */
export function detailOfNames({ holdDays }: NameRules): Detail<State, Call, Outcome> {
  // A hold of no days is over as soon as it begins, or after: a name by itself doesn't tell.
  return holdDays === 0 ? detail : { ...detail, projection: projectionOfNames }
}

const detail: Detail<State, Call, Outcome> = {
  looksAt(state, call, outcome) {
    const seen = new Set([clock])
    for (const view of viewsOf(state)) {
      const { names, people, kept } = view
      const watched = {
        ...view,
        names: seeing(names, seen),
        people: seeing(people, seen),
        kept: seeing(kept, seen),
      }
      turnOf(watched, call, told(outcome))
    }
    return seen
  },

  valueAt({ names, people, kept, day, era }, at) {
    if (at === clock) return `${day} ${era}`
    return names.textAt(at) || people.textAt(at) || kept.textAt(at)
  },

  /** A name changes by its own calls and its owner's; a person by theirs, and by those about their name. */
  changedFrom(state, at) {
    const what = at.slice(at.indexOf(' ') + 1)
    const owner = at.startsWith('name ') ? nameOf(state, what)?.owner : undefined
    const current = at.startsWith('person ') ? personOf(state, what).current : undefined
    if (owner != null) return [at, place.person(owner)]
    return current == null ? [at] : [at, place.name(current)]
  },

  /** What is left at a name, is left there by what was asked alone; a reserved one looks at its like. */
  isPlain: ({ procedure }, at) =>
    at === clock || (at.startsWith('name ') && procedure !== 'admin.reserveUsername'),
}

/** The same facts, and what is asked of them noted. */
function seeing<Value>(facts: Facts<Value>, seen: Set<string>): Facts<Value> {
  return {
    ...facts,
    get(at) {
      seen.add(at)
      return facts.get(at)
    },
  }
}
