import type { Claim } from './groups.ts'
import * as rules from './rules.ts'

/**
 * The models that there may be after claims which were made at the same time, each of them in some order
 * in which all end as they did; none where no order explains it. Exponential in the number of claims.
 */
export function explain(
  models: readonly rules.Model[],
  claims: readonly Claim[],
  ends: readonly string[],
): rules.Model[] {
  let states = models.map((model) => ({ model, left: claims.map((_, at) => at) }))
  for (const _ of claims) {
    const next = new Map<string, (typeof states)[number]>()
    for (const { model, left } of states) {
      for (const at of left) {
        const after = structuredClone(model)
        const { person, username, key } = claims[at] as Claim
        if (rules.claim(after, person, username, key) !== ends[at]) continue
        const state = { model: after, left: left.filter((other) => other !== at) }
        next.set(told(state), state)
      }
    }
    states = [...next.values()]
  }
  return states.map(({ model }) => model)
}

/** Alike for states that are the same. */
function told({ model, left }: { model: rules.Model; left: readonly number[] }): string {
  const entries = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  const people = entries(model.people).map(([id, someone]) => [id, someone, entries(someone.kept)])
  return JSON.stringify([left, model.day, entries(model.names), people])
}
