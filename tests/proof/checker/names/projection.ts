import { type Call, type Outcome, usernameIn } from '../../history.ts'
import type { Projection } from '../model.ts'
import { isOver } from './standing.ts'
import { keyOf, nameOf, personOf, place, type State } from './state.ts'

const free = 'free'
const own = (person: string) => `own ${person}`
const held = (person: string) => `held ${person}`
const nobody = ''

/** Of a name whose it is, and of a person what they are called, each by itself. */
export const projectionOfNames: Projection<State, Call, Outcome> = {
  valueAt(state, at) {
    const [kind, what] = parted(at)
    if (kind === 'person') return personOf(state, what).current ?? nobody
    if (kind !== 'name') return undefined
    const name = nameOf(state, what)
    if (name === undefined) return free
    if (name.owner === null || isOver(state, name)) return undefined
    return name.held === null ? own(name.owner) : held(name.owner)
  },

  changedFrom(at, value) {
    const [kind] = parted(at)
    if (kind === 'person') return value === nobody ? [at] : [at, place.name(value)]
    return value.startsWith('own ') ? [at, place.person(value.slice('own '.length))] : [at]
  },

  after(call, outcome, at, value) {
    const [kind, what] = parted(at)
    if (kind === 'person') return afterOfPerson(call, outcome, what, value)
    return afterOfName(call, outcome, what, value)
  },
}

function parted(at: string): readonly [kind: string, what: string] {
  const space = at.indexOf(' ')
  return [at.slice(0, space), at.slice(space + 1)]
}

const onlyIf = (isSo: boolean, ...values: readonly string[]) => (isSo ? values : [])

/** An answer that may be one that was given before, which says nothing of now. */
function isReplay(call: Call): boolean {
  return 'idempotencyKey' in call.input && call.input.idempotencyKey !== undefined
}

function said(outcome: Outcome | undefined, field: string): string | null {
  const answer: Readonly<Record<string, unknown>> = outcome?.kind === 'OK' ? outcome.answer : {}
  const value = answer[field]
  return typeof value === 'string' ? value : null
}

function saidKey(outcome: Outcome | undefined, field: string): string | null {
  const name = said(outcome, field)
  return name === null ? null : keyOf(name)
}

/** What somebody may be called after a call, where they were called `value`. */
function afterOfPerson(call: Call, outcome: Outcome | undefined, person: string, value: string) {
  const same = [value]
  const isUnknown = outcome === undefined
  if (!isUnknown && outcome.kind !== 'OK') {
    const hadNothingToGiveUp = call.procedure === 'profile.releaseUsername' && outcome.kind === 'NO_USERNAME'
    return hadNothingToGiveUp && call.by === person
      ? onlyIf(!givesUp(value, call.input.username), value)
      : same
  }
  switch (call.procedure) {
    case 'profile.claimUsername': {
      if (call.by !== person) return same
      const name = keyOf(call.input.username)
      if (isUnknown) return [name]
      if (isReplay(call)) return [value, name]
      return onlyIf(wasCalled(value, name, saidKey(outcome, 'previous')), name)
    }
    case 'profile.releaseUsername':
      if (call.by !== person) return same
      if (isUnknown) return [nobody]
      if (isReplay(call)) return [value, nobody]
      return onlyIf(value === saidKey(outcome, 'released'), nobody)
    case 'profile.me':
      return call.by === person ? onlyIf(value === (saidKey(outcome, 'username') ?? nobody), value) : same
    case 'admin.releaseUsername':
      return value === keyOf(call.input.username) ? [nobody] : same
    case 'admin.transferUsername': {
      const name = keyOf(call.input.username)
      if (call.input.to !== person) return value === name ? [nobody] : same
      if (isUnknown) return [name]
      return onlyIf(wasCalled(value, name, saidKey(outcome, 'previous')), name)
    }
    default:
      return same
  }
}

/** Whether a release gives up what somebody goes by: that very name was meant, or none in particular. */
function givesUp(value: string, meant: string | undefined): boolean {
  return value !== nobody && (meant === undefined || value === keyOf(meant))
}

/** Whether somebody was called so before they got a name, as it was told; getting one's own is no change. */
function wasCalled(value: string, gets: string, previous: string | null): boolean {
  return previous === null ? value === nobody || value === gets : value === previous
}

/** Whose a name may be after a call; nothing where that can't be told. */
function afterOfName(call: Call, outcome: Outcome | undefined, name: string, value: string) {
  const same = [value]
  const isUnknown = outcome === undefined
  const isDone = isUnknown || outcome.kind === 'OK'
  const username = usernameIn(call)
  const isOf = username !== undefined && keyOf(username) === name
  const by = call.by ?? ''
  const isCurrent = value.startsWith('own ')
  const isHeld = value.startsWith('held ')
  const isTheirs = value === own(by) || value === held(by)

  /** Somebody who gets another name, or none, gives up this one if it is their current. */
  function givenUp(person: string, told: string | null) {
    if (isUnknown) return onlyIf(value === own(person), held(person))
    if (told !== name) return same
    return isReplay(call) ? [value, held(person)] : onlyIf(value === own(person), held(person))
  }

  /** Whether a name can have the status that someone was told. */
  function isStatus(status: string): boolean {
    switch (status) {
      case 'available':
        return value === free
      case 'yours':
        return isTheirs
      case 'too-similar':
        return value === free || isTheirs
      case 'taken':
        return isCurrent && !isTheirs
      case 'held':
        return isHeld && !isTheirs
      default:
        return true
    }
  }

  switch (call.procedure) {
    case 'profile.claimUsername': {
      if (isDone && !isOf) return givenUp(by, saidKey(outcome, 'previous'))
      if (!isOf) return same
      if (!isDone) {
        const status = refusedAs[outcome.kind]
        return onlyIf(status === undefined || isStatus(status), value)
      }
      if (!isUnknown && isReplay(call)) return [value, own(by)]
      return onlyIf(value === free || isTheirs, own(by))
    }
    case 'profile.releaseUsername':
      return isDone ? givenUp(by, saidKey(outcome, 'released')) : same
    case 'profile.checkUsername':
      return isOf ? onlyIf(isStatus(said(outcome, 'status') ?? ''), value) : same
    case 'profile.me':
      return saidKey(outcome, 'username') === name ? onlyIf(value === own(by), value) : same
    case 'profile.get': {
      if (!isOf) return same
      if (!isDone) return onlyIf(outcome.kind !== 'PROFILE_NOT_FOUND' || !isCurrent, value)
      if (said(outcome, 'movedTo') !== null) return onlyIf(isHeld, value)
      const shown = said(outcome, 'displayName')
      return onlyIf(shown === null ? isCurrent : value === own(shown), value)
    }
    case 'admin.releaseUsername': {
      if (!isOf) return same
      if (!isDone) return onlyIf(outcome.kind !== 'USERNAME_UNUSED' || value === free, value)
      const was = said(outcome, 'was')
      if (was === 'reserved') return undefined
      if (was === 'taken' ? !isCurrent : was === 'held' ? !isHeld : value === free) return []
      if (was === 'held' && said(outcome, 'heldUntil') !== null) return [value]
      return isCurrent && !call.input.atOnce ? [held(value.slice('own '.length))] : [free]
    }
    case 'admin.transferUsername': {
      const { to } = call.input
      if (isDone && !isOf) return givenUp(to, saidKey(outcome, 'previous'))
      if (!isOf) return same
      if (!isDone) return onlyIf(outcome.kind !== 'USERNAME_UNUSED' || value === free, value)
      if (isUnknown) return onlyIf(value !== free, own(to))
      const from = said(outcome, 'from')
      return from === null ? undefined : onlyIf(value === own(from) || value === held(from), own(to))
    }
    default:
      return undefined
  }
}

const refusedAs: Readonly<Record<string, string>> = {
  USERNAME_TAKEN: 'taken',
  USERNAME_HELD: 'held',
  USERNAME_TOO_SIMILAR: 'too-similar',
}
