import type { Model } from './model.ts'
import type { Budget, Position, Reached } from './position.ts'

/**
 * The orders in which an operation can take effect at last, at a position: which others before it,
 * or none. The plainest comes first, and what is not asked for is not looked for.
 *
 * Nothing is missed that matters. Take any order that explains the history. Of what it has before
 * the operation, all was called by now and nothing has returned, so each may as well come after
 * it, if that makes no difference. So these are enough:
 * - operations that have to do with it: what shares no place with it, also through others under
 *   way, changes nothing for it, and nothing is changed for them;
 * - orders in which leaving any one of them for afterwards does make a difference;
 * - and, of operations that nobody knows the outcome of, only those that change something.
 */
export function* ordersOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  position: Position<State>,
  id: number,
  budget: Budget,
): Generator<Reached<State>, void, void> {
  const here: Reached<State> = { state: position.state, took: [] }
  const { after, isRead, isUnknown } = position
  // It never took effect.
  if (isUnknown(id)) yield here
  yield* after(here, id)

  const others = position.waiting.around(here.state, id).filter((one) => one !== id && !isRead(one))
  if (others.length === 0) return
  const knownFirst = [...others.filter((one) => !isUnknown(one)), ...others.filter(isUnknown)]

  const states = new Map<unknown, number>()
  function numberOf(state: State): number {
    const key = model.key(state)
    const number = states.get(key) ?? states.size
    states.set(key, number)
    return number
  }
  const keyOf = ({ state, took }: Reached<State>) =>
    `${numberOf(state)}:${took.toSorted((a, b) => a - b).join()}`

  /** Whether it comes to the same when one that was taken before is left for afterwards, or out. */
  function isRoundabout(reached: Reached<State>): boolean {
    const key = keyOf(reached)
    const changes = reached.took.filter((one) => !isRead(one))
    return changes.slice(0, -1).some((left, at) => {
      let rest = [here]
      for (const one of changes.toSpliced(at, 1)) rest = rest.flatMap((before) => after(before, one))
      return rest.some(
        (without) =>
          after(without, left).some((same) => keyOf(same) === key) ||
          (isUnknown(left) && keyOf({ ...without, took: [...without.took, left] }) === key),
      )
    })
  }

  const seen = new Set([keyOf(here)])
  const given = new Set<string>()
  const queue = [here]
  for (const before of queue) {
    if (before !== here) {
      for (const reached of after(before, id)) {
        const key = keyOf(reached)
        if (given.has(key) || isRoundabout(reached)) continue
        given.add(key)
        yield reached
      }
    }
    for (const one of knownFirst) {
      if (budget.steps <= 0) return
      if (before.took.includes(one)) continue
      for (const reached of after(before, one)) {
        if (isUnknown(one) && numberOf(reached.state) === numberOf(before.state)) continue
        const key = keyOf(reached)
        if (seen.has(key)) continue
        seen.add(key)
        queue.push(reached)
      }
    }
  }
}
