import { randomFrom } from '../../../server/domain/random.ts'
import { anyRenames } from '../../support/rules.ts'
import type { Call } from '../history.ts'
import { crowd } from './crowd.ts'

/** A crowd by which the checker is measured: 64 at once, most of it one component, 2 % unknown. */
export function busyCrowd(calls: number, seed: number): Call[] {
  return crowd({
    calls,
    clients: 64,
    people: 300,
    names: 1000,
    unknown: 0.02,
    open: 0,
    rules: anyRenames,
    random: randomFrom(seed),
  })
}

/** The same, but that the last who were told their name were told something else of it, which nobody else was. */
export function withOneForged(
  calls: readonly Call[],
  told: { readonly username: string } | { readonly claimedAt: string },
): { history: Call[]; forged: string | undefined } {
  const at = calls.findLastIndex(isNamed)
  const history = calls.map((call, place) => (place === at ? toldOf(call, told) : call))
  return { history, forged: calls[at]?.id }
}

function isNamed({ procedure, outcome }: Call): boolean {
  return procedure === 'profile.me' && outcome.kind === 'OK' && 'username' in outcome.answer
}

function toldOf(call: Call, told: object): Call {
  return call.procedure === 'profile.me' && call.outcome.kind === 'OK'
    ? { ...call, outcome: { kind: 'OK', answer: { ...call.outcome.answer, ...told } } }
    : call
}
