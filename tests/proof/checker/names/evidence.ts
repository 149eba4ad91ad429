import { type Call, isUnknown, usernameIn } from '../../history.ts'
import { keyOf } from './state.ts'

/**
 * The ids of calls that nobody knows the outcome of, but that a later answer speaks for: it tells of
 * a name as somebody's, and no call that is known to have been done made it theirs since.
 */
export function spokenFor(calls: readonly Call[]): ReadonlySet<string> {
  const told = new Map<string, number[]>()
  const gained = new Map<string, number[]>()
  const note = (to: Map<string, number[]>, who: string | null | undefined, name: unknown, at: number) => {
    if (who == null || typeof name !== 'string') return
    const key = JSON.stringify([who, keyOf(name)])
    const times = to.get(key)
    if (times) times.push(at)
    else to.set(key, [at])
  }
  for (const call of calls) {
    if (call.outcome.kind !== 'OK') continue
    const answer: Readonly<Record<string, unknown>> = call.outcome.answer
    const end = call.return ?? Number.POSITIVE_INFINITY
    switch (call.procedure) {
      case 'profile.claimUsername':
        note(told, call.by, answer.previous, end)
        note(gained, call.by, call.input.username, call.call)
        break
      case 'profile.releaseUsername':
        note(told, call.by, answer.released, end)
        break
      case 'profile.checkUsername':
        if (answer.status === 'yours') note(told, call.by, call.input.username, end)
        break
      case 'profile.me':
        note(told, call.by, answer.username, end)
        break
      case 'profile.get':
        if (typeof answer.displayName === 'string') note(told, answer.displayName, answer.username, end)
        break
      case 'admin.transferUsername':
        if (typeof answer.from === 'string') note(told, answer.from, call.input.username, end)
        note(told, call.input.to, answer.previous, end)
        note(gained, call.input.to, call.input.username, call.call)
    }
  }
  for (const times of [...told.values(), ...gained.values()]) times.sort((a, b) => a - b)

  const found = new Set<string>()
  for (const call of calls) {
    if (!isUnknown(call.outcome)) continue
    const who =
      call.procedure === 'profile.claimUsername'
        ? call.by
        : call.procedure === 'admin.transferUsername'
          ? call.input.to
          : null
    const username = usernameIn(call)
    if (who === null || username === undefined) continue
    const key = JSON.stringify([who, keyOf(username)])
    const tellsAt = firstAfter(told.get(key), call.call)
    if (tellsAt < firstAfter(gained.get(key), call.call)) found.add(call.id)
  }
  return found
}

/** The first of some times in order that comes after one; never, if there is none. */
function firstAfter(times: readonly number[] = [], after: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] ?? 0) > after) high = middle
    else low = middle + 1
  }
  return times[low] ?? Number.POSITIVE_INFINITY
}
