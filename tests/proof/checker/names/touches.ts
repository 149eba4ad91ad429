import type { LookAlikes } from '../../../../shared/look-alikes.ts'
import type { Username } from '../../../../shared/username.ts'
import type { Call, Outcome } from '../../history.ts'
import { lookOf } from './standing.ts'
import { nameOf, place, type State } from './state.ts'

/**
 * The names, looks, people and idempotency keys that a call names, as far as what it was answered
 * depends on them, or they on it: that a name is taken says nothing of who asked for it.
 */
export function touchesOf(
  call: Call,
  outcome: Outcome | undefined,
  lookAlikes: LookAlikes,
): readonly string[] | 'everything' {
  const answer = outcome?.kind === 'OK' ? outcome.answer : undefined
  const said = (field: string): string[] => {
    const value = answer && field in answer ? (answer as Record<string, unknown>)[field] : undefined
    return typeof value === 'string' ? [value] : []
  }
  const names = (...fields: string[]) => fields.flatMap(said).map(place.name)
  const looks = (username: Username) => (lookAlikes === 'allow' ? [] : [place.look(lookOf(username))])
  const kept = (key: string | undefined) =>
    key === undefined || call.by === null ? [] : [place.kept(call.by, key)]
  const by = call.by === null ? [] : [place.person(call.by)]
  const isDone = outcome === undefined || outcome.kind === 'OK'

  switch (call.procedure) {
    case 'profile.claimUsername': {
      const { username, idempotencyKey } = call.input
      if (outcome?.kind === 'IDEMPOTENCY_KEY_REUSED') return kept(idempotencyKey)
      const own = [place.name(username), ...kept(idempotencyKey)]
      if (isDone) return [...own, ...looks(username), ...by, ...names('previous')]
      if (outcome.kind === 'USERNAME_TOO_SIMILAR') return [...own, ...looks(username)]
      if (outcome.kind === 'CHANGED_TOO_OFTEN') return [...own, ...looks(username), ...by]
      return own
    }
    case 'profile.releaseUsername':
      if (outcome?.kind === 'IDEMPOTENCY_KEY_REUSED') return kept(call.input.idempotencyKey)
      return [...by, ...kept(call.input.idempotencyKey), ...names('released')]
    case 'profile.checkUsername': {
      const { username } = call.input
      const [status = ''] = said('status')
      return ['taken', 'held', 'reserved'].includes(status)
        ? [place.name(username)]
        : [place.name(username), ...looks(username)]
    }
    case 'profile.me':
      return [...by, ...names('username')]
    case 'profile.get':
      return [place.name(call.input.username), ...names('movedTo')]
    case 'admin.reserveUsername':
      return [place.name(call.input.username), ...(isDone ? looks(call.input.username) : [])]
    case 'admin.releaseUsername':
      return [place.name(call.input.username)]
    case 'admin.transferUsername': {
      const { username, to } = call.input
      if (outcome?.kind === 'USERNAME_UNUSED') return [place.name(username)]
      return [place.name(username), place.person(to), ...said('from').map(place.person), ...names('previous')]
    }
    case 'clock':
      return 'everything'
  }
}

/** What a name, a look or a person is linked to in a state: owners and their names, names and their looks. */
export function linksOf(state: State, at: string): readonly string[] {
  const space = at.indexOf(' ')
  const what = at.slice(space + 1)
  const owned = (key: string, isSo: boolean) => (isSo ? [place.name(key)] : [])
  switch (at.slice(0, space)) {
    case 'name': {
      const name = nameOf(state, what)
      if (name === undefined) return []
      const looks = state.world.rules.lookAlikes === 'allow' ? [] : [place.look(lookOf(name.display))]
      return name.owner === null ? looks : [...looks, place.person(name.owner)]
    }
    case 'look':
      return (state.world.lookAlikes.get(what) ?? []).flatMap((key) => {
        const name = nameOf(state, key)
        return owned(key, name !== undefined && lookOf(name.display) === what)
      })
    case 'person':
      return (state.world.namesOf.get(what) ?? []).flatMap((key) =>
        owned(key, nameOf(state, key)?.owner === what),
      )
    default:
      return []
  }
}
