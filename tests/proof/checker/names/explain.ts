import { type Call, usernameIn } from '../../history.ts'
import { seconds, sentenceOf, toldOf } from './sentences.ts'
import { nameOf, personOf, type State } from './state.ts'

/**
 * Why calls contradict one another, in sentences.
 *
 * @param calls in the order of their calls
 * @param stuck the one of them that can't be explained
 * @param start the state before them
 * @param others how many more calls there were, none of which would explain it
 */
export function explain(
  calls: readonly Call[],
  stuck: Call,
  start: State,
  others: number,
): readonly string[] {
  const names = new Set(calls.flatMap((call) => usernameIn(call) ?? []))
  const people = new Set(calls.flatMap(({ by, input }) => [by ?? [], 'to' in input ? input.to : []].flat()))
  const before = [
    ...Array.from(names, (name) => standingOf(start, name)),
    ...Array.from(people, (person) => currentOf(start, person)),
  ].filter((sentence) => sentence !== '')
  const end = stuck.return === null ? 'At the end' : `At ${seconds(stuck.return)}`
  const rest =
    others === 0 ? '' : `, whatever the other ${others.toLocaleString('en')} calls under way by then did`
  return [
    ...before,
    ...calls.map(sentenceOf),
    `${end} ${stuck.process} ${toldOf(stuck)}: no order of these calls explains that${rest}.`,
  ]
}

function standingOf(state: State, username: string): string {
  const name = nameOf(state, username)
  if (name === undefined) return ''
  if (name.reserved !== null) return `Before, "${name.display}" was reserved.`
  if (name.owner === null) return ''
  return name.held === null
    ? `Before, "${name.display}" was the name of ${name.owner}.`
    : `Before, "${name.display}" was held for ${name.owner}.`
}

function currentOf(state: State, person: string): string {
  const { current } = personOf(state, person)
  return current === null
    ? ''
    : `Before, the name of ${person} was "${nameOf(state, current)?.display ?? current}".`
}
