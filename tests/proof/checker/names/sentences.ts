import { type Call, isUnknown } from '../../history.ts'

/** Who did what, when, and what they were told, in a sentence. */
export function sentenceOf(call: Call): string {
  const who = call.by === null ? call.process : `${call.process} (${call.by})`
  const end = call.return === null ? '' : ` to ${seconds(call.return)}`
  return `From ${seconds(call.call)}${end} ${who} ${askedOf(call)}, and ${toldOf(call)}.`
}

/** An instant of a history, in seconds. */
export function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(4)} s`
}

/** What was done, in the past tense. */
export function askedOf({ procedure, input }: Call): string {
  switch (procedure) {
    case 'profile.claimUsername':
      return `claimed "${input.username}"${withKey(input.idempotencyKey)}`
    case 'profile.releaseUsername':
      return `gave up ${input.username === undefined ? 'their name' : `"${input.username}"`}${withKey(input.idempotencyKey)}`
    case 'profile.checkUsername':
      return `asked whether "${input.username}" is free`
    case 'profile.me':
      return 'asked for their own name'
    case 'profile.get':
      return `asked who "${input.username}" is`
    case 'admin.reserveUsername':
      return `reserved "${input.username}"${input.for === undefined ? '' : ` for ${input.for}`}`
    case 'admin.releaseUsername':
      return `freed "${input.username}"${input.atOnce ? ' at once' : ''}`
    case 'admin.transferUsername':
      return `transferred "${input.username}" to ${input.to}`
    case 'clock':
      return `moved the clock by ${input.days} days`
  }
}

const refusals: Readonly<Record<string, string>> = {
  USERNAME_TAKEN: 'that it is taken',
  USERNAME_RESERVED: 'that it is reserved',
  USERNAME_HELD: 'that it is held for its last owner',
  USERNAME_TOO_SIMILAR: 'that it is too similar to another',
  CHANGED_TOO_OFTEN: 'that they changed their name too often',
  IDEMPOTENCY_KEY_REUSED: 'that the key was used for something else',
  NO_USERNAME: 'that they have no such name',
  USERNAME_UNUSED: 'that nobody has it',
  PROFILE_NOT_FOUND: 'that it is nobody',
}

/** What was answered. */
export function toldOf({ procedure, outcome }: Call): string {
  if (isUnknown(outcome)) {
    const because = 'because' in outcome && outcome.because !== undefined ? ` (${outcome.because})` : ''
    return `nobody knows whether it was done${because}`
  }
  if (outcome.kind !== 'OK') return `was told ${refusals[outcome.kind] ?? outcome.kind}`
  const { answer } = outcome
  if ('status' in answer) return `was told that it is ${statuses[answer.status] ?? answer.status}`
  if ('movedTo' in answer) return `was told that they are now "${answer.movedTo}"`
  if ('transferred' in answer) {
    const from = answer.from === null ? 'nobody' : answer.from
    const instead = answer.previous === null ? '' : `, who left "${answer.previous}"`
    return `was told that it was done: "${answer.transferred}" was ${from}'s${instead}`
  }
  if ('released' in answer) {
    const was = 'was' in answer ? `, which was ${answer.was}` : ''
    return `was told that "${answer.released}" is given up${was}${until(answer.heldUntil)}`
  }
  if ('reserved' in answer) return 'was told that it was done'
  if (procedure === 'profile.me' && !('username' in answer && answer.username !== null)) {
    return 'was told that they have none'
  }
  if ('username' in answer) {
    const owner =
      'displayName' in answer && answer.displayName !== undefined ? `, of ${answer.displayName}` : ''
    return `was told "${answer.username}"${owner}, since ${answer.claimedAt ?? 'an unknown time'}`
  }
  if ('claimedAt' in answer) {
    const { previous, previousHeldUntil } = answer
    const instead = previous === undefined ? '' : ` instead of "${previous}"${until(previousHeldUntil)}`
    return `was told that it is theirs${instead}, since ${answer.claimedAt}`
  }
  return 'it was done'
}

const statuses: Readonly<Record<string, string>> = {
  available: 'free',
  'too-similar': 'too similar to another',
}

function until(instant: string | null | undefined): string {
  return instant == null ? '' : `, held until ${instant}`
}

function withKey(key: string | undefined): string {
  return key === undefined ? '' : ` with the key ${key}`
}
