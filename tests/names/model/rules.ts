import { skeleton } from '../../../shared/confusables.ts'
import { Username } from '../../../shared/username.ts'
import { usualRules } from '../../support/rules.ts'

/** A name in the model, beside a row of `usernames`. */
interface Name {
  display: string
  owner: string | null
  /** The day on which its hold ends; null for a current name. */
  heldUntil: number | null
  reserved: boolean
  reservedFor: string | null
  /** A reserved name keeps others off its looks, unless somebody had them first. */
  guards: boolean
}

interface Someone {
  /** Their account was deleted. */
  forgotten: boolean
  displayName: string
  current: string | null
  /** The days of their renames; null before their first name. */
  renames: number[] | null
  readonly kept: Map<string, { asked: string; day: number; answer: string }>
}

/** The rules of names as one would tell them to a person, for one thing after another. */
export interface Model {
  day: number
  readonly names: Map<string, Name>
  readonly people: Map<string, Someone>
}

export function newModel(): Model {
  return { day: 0, names: new Map(), people: new Map() }
}

const { holdDays, renames: limit } = usualRules
const emailOf = (person: string) => `${person}@example.com`
const keyOf = (username: string) => username.toLowerCase()
export const lookOf = (username: string) => skeleton(Username.parse(username))

export type Status = 'available' | 'yours' | 'taken' | 'reserved' | 'held' | 'too-similar'

function statusOf(model: Model, key: string, person: string | null): Status {
  const name = model.names.get(key)
  if (name === undefined) return 'available'
  if (name.owner !== null && name.owner === person) return 'yours'
  if (name.reserved) {
    return person !== null && name.reservedFor === emailOf(person) ? 'available' : 'reserved'
  }
  if (name.owner === null) return 'available'
  if (name.heldUntil === null) return 'taken'
  return name.heldUntil <= model.day ? 'available' : 'held'
}

/** What claiming a name would meet. */
export function check(model: Model, person: string | null, username: string): Status {
  const key = keyOf(username)
  const status = statusOf(model, key, person)
  const name = model.names.get(key)
  if (status === 'yours' && name?.heldUntil === null && name.display === username) return status
  if (status !== 'available' && status !== 'yours') return status
  return hasRival(model, username, person) ? 'too-similar' : status
}

/** Whether another name looks like this one, and is not the person's own, nor anybody's. */
function hasRival(model: Model, username: string, person: string | null): boolean {
  return [...model.names].some(([key, name]) => {
    if (key === keyOf(username) || lookOf(name.display) !== lookOf(username)) return false
    if (name.reserved) return name.guards
    const status = statusOf(model, key, person)
    return status === 'taken' || status === 'held'
  })
}

/** Answers `claimed …` with the name that it replaced, or the failure's kind. */
export function claim(model: Model, person: string, username: string, key?: string): string {
  return once(model, person, key, `claim ${username}`, (someone) => {
    const status = check(model, person, username)
    if (status !== 'available' && status !== 'yours') return failures[status]
    if (someone.forgotten) return 'SIGNED_OUT'
    const now = keyOf(username)
    const before = model.names.get(now)
    if (status === 'yours' && before?.heldUntil === null) {
      const isSame = before.display === username
      if (!isSame) take(model, person, username)
      return 'claimed'
    }
    if (status === 'available' && someone.renames !== null && limit !== null) {
      const recent = someone.renames.filter((day) => day + limit.days > model.day)
      if (recent.length >= limit.most) return 'CHANGED_TOO_OFTEN'
      someone.renames.push(model.day)
    }
    someone.renames ??= []
    const previous = giveUp(model, someone)
    take(model, person, username)
    someone.current = now
    return previous === null ? 'claimed' : `claimed instead of ${previous}`
  })
}

const failures = {
  taken: 'USERNAME_TAKEN',
  reserved: 'USERNAME_RESERVED',
  held: 'USERNAME_HELD',
  'too-similar': 'USERNAME_TOO_SIMILAR',
} as const

/** Gives up the name that is meant, or whichever they go by. */
export function release(model: Model, person: string, username?: string, key?: string): string {
  const meant = username === undefined ? undefined : keyOf(username)
  return once(model, person, key, `release ${meant ?? ''}`, (someone) => {
    if (someone.forgotten) return 'SIGNED_OUT'
    if (meant !== undefined && meant !== someone.current) return 'NO_USERNAME'
    const released = giveUp(model, someone)
    return released === null ? 'NO_USERNAME' : `released ${released}`
  })
}

/** The account is deleted; the person stays, with nothing. */
export function forget(model: Model, person: string): void {
  const someone = someoneOf(model, person)
  giveUp(model, someone)
  someone.displayName = ''
  someone.forgotten = true
  someone.kept.clear()
}

export function reserve(model: Model, username: string, meant: string | null): string {
  const key = keyOf(username)
  const status = statusOf(model, key, null)
  if (status === 'taken' || status === 'held') return failures[status]
  const reservedFor = meant === null ? null : emailOf(meant)
  const guards = !hasRival(model, username, null)
  const name = { owner: null, heldUntil: null, reserved: true, reservedFor, guards }
  model.names.set(key, { display: username, ...name })
  return 'reserved'
}

export function free(model: Model, username: string, atOnce: boolean): string {
  const key = keyOf(username)
  const name = model.names.get(key)
  const status = statusOf(model, key, null)
  if (name === undefined || status === 'available') return 'USERNAME_UNUSED'
  if (name.reserved) {
    Object.assign(name, { reserved: false, reservedFor: null })
  } else {
    const owner = name.owner === null ? undefined : model.people.get(name.owner)
    if (owner?.current === key) owner.current = null
    if (status === 'taken' && !atOnce) name.heldUntil = model.day + holdDays
    else Object.assign(name, { owner: null, heldUntil: null })
  }
  return `released ${status}`
}

export function transfer(model: Model, username: string, to: string): string {
  if (someoneOf(model, to).forgotten) return 'PERSON_NOT_FOUND'
  const key = keyOf(username)
  const name = model.names.get(key)
  if (name === undefined || statusOf(model, key, null) === 'available') return 'USERNAME_UNUSED'
  const taker = someoneOf(model, to)
  if (taker.current === key) return 'transferred'
  if (hasRival(model, name.display, to)) return 'USERNAME_TOO_SIMILAR'
  const giver = name.owner === null ? undefined : model.people.get(name.owner)
  if (giver?.current === key) giver.current = null
  const previous = giveUp(model, taker)
  Object.assign(name, { owner: to, heldUntil: null, reserved: false, reservedFor: null })
  taker.current = key
  taker.renames ??= []
  return previous === null ? 'transferred' : `transferred instead of ${previous}`
}

/** What is shown under a name: whose profile, where it leads to, or nothing. */
export function shown(model: Model, username: string): string {
  const key = keyOf(username)
  const owner = model.people.get(model.names.get(key)?.owner ?? '')
  const current = owner?.current
  if (owner === undefined || current == null) return 'nobody'
  return current === key
    ? `${owner.displayName} as ${model.names.get(key)?.display}`
    : `to ${model.names.get(current)?.display}`
}

/** Makes a name the current one of a person, as far as it goes without their other names. */
function take(model: Model, person: string, username: string): void {
  const key = keyOf(username)
  const name = { owner: person, heldUntil: null, reserved: false, reservedFor: null, guards: false }
  model.names.set(key, { display: username, ...name })
}

/** Holds somebody's current name for them. */
function giveUp(model: Model, someone: Someone): string | null {
  const name = someone.current === null ? undefined : model.names.get(someone.current)
  if (name === undefined) return null
  name.heldUntil = model.day + holdDays
  someone.current = null
  return name.display
}

export function someoneOf(model: Model, person: string): Someone {
  const someone = model.people.get(person) ?? {
    forgotten: false,
    displayName: person,
    current: null,
    renames: null,
    kept: new Map(),
  }
  model.people.set(person, someone)
  return someone
}

/** Does something once for a key: what was done with it before is answered again. */
function once(
  model: Model,
  person: string,
  key: string | undefined,
  asked: string,
  act: (someone: Someone) => string,
): string {
  const someone = someoneOf(model, person)
  const kept = key === undefined ? undefined : someone.kept.get(key)
  if (kept !== undefined && kept.day + 1 > model.day) {
    return kept.asked === asked ? kept.answer : 'IDEMPOTENCY_KEY_REUSED'
  }
  const answer = act(someone)
  if (key !== undefined && !/^[A-Z_]+$/.test(answer)) someone.kept.set(key, { asked, day: model.day, answer })
  return answer
}
