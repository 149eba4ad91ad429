import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as rules from '../../names/model/rules.ts'
import { newSeed } from '../../race/random.ts'
import { usualRules } from '../../support/rules.ts'
import type { Call } from '../history.ts'
import { namesModel, turnOf } from './names/model.ts'
import type { State } from './names/state.ts'
import type { Expected } from './names/turn.ts'
import { type Asked, anyAsked } from './names-arbitraries.ts'

const seed = newSeed()

/** What the rules that the procedures are held to say, in their words. */
function inWords({ by, procedure, input }: Asked, model: rules.Model): string {
  switch (procedure) {
    case 'profile.claimUsername':
      return rules.claim(model, by ?? '', input.username, input.idempotencyKey)
    case 'profile.releaseUsername':
      return rules.release(model, by ?? '', input.username, input.idempotencyKey)
    case 'profile.checkUsername':
      return rules.check(model, by, input.username)
    case 'profile.me':
      return rules.someoneOf(model, by ?? '').current ?? 'nobody'
    case 'profile.get':
      return rules.shown(model, input.username)
    case 'admin.reserveUsername':
      return rules.reserve(model, input.username, input.for ?? null)
    case 'admin.releaseUsername':
      return rules.free(model, input.username, input.atOnce)
    case 'admin.transferUsername':
      return rules.transfer(model, input.username, input.to)
    case 'clock':
      model.day += input.days
      return 'passed'
  }
}

/** The same of what the checker's rules answer. */
function told({ procedure }: Asked, { kind, answer }: Expected): string {
  const instead = answer.previous == null ? '' : ` instead of ${answer.previous}`
  if (kind !== 'OK') return kind === 'PROFILE_NOT_FOUND' ? 'nobody' : kind
  switch (procedure) {
    case 'profile.claimUsername':
      return `claimed${instead}`
    case 'profile.releaseUsername':
      return `released ${answer.released}`
    case 'profile.checkUsername':
      return answer.status ?? ''
    case 'profile.me':
      return answer.username?.toLowerCase() ?? 'nobody'
    case 'profile.get':
      return answer.movedTo == null ? `${answer.displayName} as ${answer.username}` : `to ${answer.movedTo}`
    case 'admin.reserveUsername':
      return 'reserved'
    case 'admin.releaseUsername':
      return `released ${answer.was}`
    case 'admin.transferUsername':
      return `transferred${instead}`
    case 'clock':
      return 'passed'
  }
}

test(`the checker's rules are those that the procedures are held to (seed ${seed})`, () => {
  fc.assert(
    fc.property(fc.array(anyAsked, { maxLength: 60, size: 'max' }), (series) => {
      const model = rules.newModel()
      const calls = series.map(callOf)
      const checker = namesModel(usualRules, [])
      let state: State = checker.init(calls.map((input) => ({ process: '', call: 0, input, return: null })))
      for (const [at, asked] of series.entries()) {
        const turn = turnOf(state, callOf(asked, at), { displayName: '' })
        expect(told(asked, turn.outcome), JSON.stringify(asked)).toBe(inWords(asked, model))
        state = turn.after?.() ?? state
      }
    }),
    { numRuns: 3000, seed },
  )
})

function callOf(asked: Asked, at: number): Call {
  return { ...asked, id: String(at), process: 'p', call: 0, return: null, outcome: { kind: 'UNKNOWN' } }
}
