import type { NameRules } from '../../../../server/domain/name-rules.ts'
import { Username } from '../../../../shared/username.ts'
import { type Call, type Outcome, usernameIn } from '../../history.ts'
import type { Model, Operation } from '../model.ts'
import { free, reserve, transfer } from './administration.ts'
import { claim, isTakenAgainAtOnce, release } from './claim.ts'
import { detailOfNames } from './detail.ts'
import { spokenFor } from './evidence.ts'
import { noFacts } from './facts.ts'
import { checkUsername, get, me } from './reads.ts'
import { lookOf, viewsOf } from './standing.ts'
import { type Kept, keyOf, type Name, type Person, place, type State, type World } from './state.ts'
import { linksOf, touchesOf } from './touches.ts'
import { agrees, done, momentOf, type Told, type Turn, told } from './turn.ts'

/**
 * The rules of names as the checker's model: what `claim_username` and its siblings do, one after
 * the other.
 *
 * @param reserved the names that are reserved from the start
 */
export function namesModel(rules: NameRules, reserved: Iterable<string>): Model<State, Call, Outcome> {
  const seeds = [...reserved]
  const seedsLooks = new Map(seeds.map((key) => [place.name(key), place.look(lookOf(Username.parse(key)))]))

  /** A name that is reserved from the start has its look from the start. */
  function touches(call: Call, outcome: Outcome | undefined) {
    const named = touchesOf(call, outcome, rules.lookAlikes)
    if (named === 'everything' || rules.lookAlikes === 'allow') return named
    const looks = named.flatMap((one) => seedsLooks.get(one) ?? [])
    return looks.length === 0 ? named : [...named, ...looks]
  }

  function init(operations: readonly Operation<Call, Outcome>[]): State {
    const world = worldOf(rules, operations, seeds)
    const places = new Set<string>()
    for (const { input, output } of operations) {
      const touched = touches(input, output)
      if (touched !== 'everything') for (const one of touched) places.add(one)
    }
    const looks = new Set([...places].filter((one) => one.startsWith('look ')))
    const present = seeds.filter(
      (key) => places.has(place.name(key)) || looks.has(place.look(lookOf(Username.parse(key)))),
    )
    let names = noFacts<Name>([...places, ...present.map(place.name)])
    const guarded = new Set<string>()
    for (const key of present) {
      const display = Username.parse(key)
      const look = lookOf(display)
      const nobodys = { owner: null, claimedAt: null, held: null, reserved: { for: null } }
      names = names.with(place.name(key), { display, ...nobodys, guards: !guarded.has(look) })
      guarded.add(look)
    }
    const people = noFacts<Person>(places)
    return { world, names, people, kept: noFacts<Kept>(places), day: 0, era: 0, zeroHoldsLast: false }
  }

  /** Both ways, where a hold of no days may or may not last yet. */
  function step(state: State, call: Call, outcome: Outcome | undefined): readonly State[] {
    const said = told(outcome)
    const after = viewsOf(state).flatMap((view) => {
      const turn = turnOf(view, call, said)
      if (outcome !== undefined && !agrees(turn.outcome, outcome)) return []
      const next = turn.after?.() ?? view
      return next === view ? state : { ...next, zeroHoldsLast: false }
    })
    return after.length === 2 && key(after[0] ?? state) === key(after[1] ?? state) ? after.slice(1) : after
  }

  function key({ names, people, kept, day, era }: State): string {
    return `${names.id()} ${people.id()} ${kept.id()} ${day} ${era}`
  }

  return {
    init,
    step,
    key,
    isRead: ({ procedure }, { kind }) => kind !== 'OK' || reads.has(procedure),
    touches,
    links: linksOf,
    likely(operations) {
      const spoken = spokenFor(operations.map(({ input }) => input))
      return new Set(operations.flatMap(({ input }, number) => (spoken.has(input.id) ? number : [])))
    },
    isCoincidence: (state, call, outcome) =>
      call.procedure === 'profile.claimUsername' &&
      isTakenAgainAtOnce(state, call.by ?? '', call.input, told(outcome)),
    detail: detailOfNames(rules),
  }
}

/** Procedures that change nothing. */
export const reads: ReadonlySet<Call['procedure']> = new Set([
  'profile.checkUsername',
  'profile.me',
  'profile.get',
])

/** What the rules answer to a call in a state. */
export function turnOf(state: State, call: Call, said: Told): Turn {
  const by = call.by ?? ''
  switch (call.procedure) {
    case 'profile.claimUsername':
      return claim(state, by, call.input, said, momentOf(state, call))
    case 'profile.releaseUsername':
      return release(state, by, call.input, said, momentOf(state, call))
    case 'profile.checkUsername':
      return checkUsername(state, call.by, call.input.username, said)
    case 'profile.me':
      return me(state, by)
    case 'profile.get':
      return get(state, call.input.username, said)
    case 'admin.reserveUsername':
      return reserve(state, call.input.username, call.input.for)
    case 'admin.releaseUsername':
      return free(state, call.input.username, call.input.atOnce, said, momentOf(state, call))
    case 'admin.transferUsername':
      return transfer(state, call.input.username, call.input.to)
    case 'clock': {
      const { days } = call.input
      return done({}, () => ({ ...state, day: state.day + days, era: state.era + 1 }))
    }
  }
}

/** Which names can look alike and which can be whose, as far as these operations go. */
function worldOf(
  rules: NameRules,
  operations: readonly Operation<Call, Outcome>[],
  seeds: readonly string[],
): World {
  const lookAlikes = new Map<string, Set<string>>()
  const namesOf = new Map<string, Set<string>>()
  const add = (to: Map<string, Set<string>>, at: string, key: string) =>
    to.set(at, (to.get(at) ?? new Set<string>()).add(key))
  for (const { input } of operations) {
    const username = usernameIn(input)
    if (username === undefined) continue
    add(lookAlikes, lookOf(username), keyOf(username))
    if (input.procedure === 'profile.claimUsername' && input.by !== null)
      add(namesOf, input.by, keyOf(username))
    if (input.procedure === 'admin.transferUsername') add(namesOf, input.input.to, keyOf(username))
  }
  for (const key of seeds) add(lookAlikes, lookOf(Username.parse(key)), key)
  const lists = (sets: Map<string, Set<string>>) => new Map([...sets].map(([at, keys]) => [at, [...keys]]))
  return { rules, lookAlikes: lists(lookAlikes), namesOf: lists(namesOf) }
}
