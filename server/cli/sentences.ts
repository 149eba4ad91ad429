import type { KnownPerson, NameHistory, WhoHeld } from '../../shared/history.ts'

/** Somebody, so that an administrator recognises them. */
export function personLine({ id, username, email }: KnownPerson): string {
  const known = [username === null ? undefined : `@${username}`, email].filter((part) => part != null)
  return known.length > 0 ? `${known.join(', ')} (${idLine(id)})` : idLine(id)
}

/** An id, which may hold almost anything, without what a terminal would obey or not show. */
export function idLine(id: string): string {
  return id.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (sign) => `\\u{${sign.codePointAt(0)?.toString(16)}}`)
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

type Change = NameHistory['changes'][number]

/** A change of a name in a line: what the name was from then on and whose, then how that came about. */
export function changeLine(change: Change): string {
  const { at, cause, username, counterpart, status, personId, ownerId, actorId, note } = change
  const byThemselves = actorId !== null && actorId === ownerId && actorId === personId
  const parts = [
    at,
    cause.padEnd(11),
    username,
    stateOf(change),
    personId === null || personId === ownerId ? undefined : `taken from ${idLine(personId)}`,
    counterpart === null
      ? undefined
      : `(${cause === 'renamed' && status === 'held' ? 'now' : 'before'} ${counterpart})`,
    byThemselves ? undefined : `by ${actorId === null ? 'the service' : idLine(actorId)}`,
    note === null ? undefined : `“${note}”`,
  ]
  return parts.filter((part) => part !== undefined).join('  ')
}

function stateOf({ status, ownerId, heldUntil, reservedFor }: Change): string {
  const owner = idLine(ownerId ?? '')
  switch (status) {
    case 'current':
      return `current  of ${owner}`
    case 'held':
      return `held until ${heldUntil}  for ${owner}`
    case 'reserved':
      return reservedFor === null ? 'reserved' : `reserved  for ${reservedFor}`
    case 'free':
      return 'free'
  }
}
