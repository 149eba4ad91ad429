import type { KnownPerson, NameHistory, WhoHeld } from '../../shared/history.ts'

/** Somebody, so that an administrator recognises them. */
export function personLine({ id, username, email }: KnownPerson): string {
  const known = [username === null ? undefined : `@${username}`, email].filter((part) => part != null)
  return known.length > 0 ? `${known.join(', ')} (${id})` : id
}

/** What a name is, or was at a time, in a sentence. */
export function whoLine(who: WhoHeld, { past = false } = {}): string {
  const { username, status, since, heldUntil, reservedBecause, reservedFor } = who
  const person = who.person === null ? 'nobody' : personLine(who.person)
  const subject = past ? `At ${who.at} ${username} was` : `${username} is`
  switch (status) {
    case 'current':
      return `${subject} the name of ${person} since ${since}.`
    case 'held':
      return `${subject} a former name of ${person}, held for them until ${heldUntil}.`
    case 'reserved':
      return `${subject} reserved (${reservedBecause})${reservedFor === null ? '' : `, for ${reservedFor} to claim`}.`
    case 'free':
      return `${subject} nobody’s.`
  }
}

/** A change of a name in a line. */
export function changeLine(change: NameHistory['changes'][number]): string {
  const { at, cause, username, counterpart, status, heldUntil, personId, actorId, note } = change
  const parts = [
    at,
    cause.padEnd(11),
    username,
    status === 'held' ? `held until ${heldUntil}` : status,
    personId === null ? undefined : `of ${personId}`,
    change.reservedFor === null ? undefined : `for ${change.reservedFor}`,
    counterpart === null
      ? undefined
      : `(${cause === 'renamed' && status === 'held' ? 'now' : 'before'} ${counterpart})`,
    actorId === personId && actorId !== null ? undefined : `by ${actorId ?? 'the service'}`,
    note === null ? undefined : `“${note}”`,
  ]
  return parts.filter((part) => part !== undefined).join('  ')
}
