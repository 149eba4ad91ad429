import { type Dependencies, type Focus, haveCommon, joined, sizeOf } from './dependencies.ts'
import type { Model } from './model.ts'
import type { Budget, Position, Reach, Reached } from './position.ts'

/** What the failure of all orders depends on; whoever finds that out adds to it. */
export interface Blame {
  focus: Focus
}

/**
 * The orders in which an operation can take effect at last, at a position: which others before it,
 * or none. The plainest comes first, and what is not asked for is not looked for.
 *
 * Nothing is missed that matters. Take any order that explains the history. Of what it has before
 * the operation, all was called by now and nothing has returned, so each may as well come after
 * it, if that makes no difference. So these are enough:
 * - operations that change something that is to blame, or have to be answered from it: what decides
 *   about the operation, or about one that would help it, or about where the search got stuck later;
 * - orders in which leaving any one of them for afterwards does make a difference;
 * - and, where two orders come to the same there, the one that leaves more for later.
 */
export function* ordersOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  dependencies: Dependencies<State>,
  position: Position<State>,
  id: number,
  budget: Budget,
  reach: Reach,
  blame: Blame,
): Generator<Reached<State>, void, void> {
  const here: Reached<State> = { state: position.state, took: [] }
  const { after, isLikely, isRead, isUnknown, waiting } = position
  // It never took effect.
  if (isUnknown(id)) yield here
  yield* after(here, id)
  blame.focus = joined(blame.focus, dependencies.looksAt(here.state, id))

  const states = new Map<unknown, number>()
  function numberOf(state: State): number {
    const key = model.key(state)
    const number = states.get(key) ?? states.size
    states.set(key, number)
    return number
  }
  const keyOf = ({ state, took }: Reached<State>) =>
    `${numberOf(state)}:${took.toSorted((a, b) => a - b).join()}`

  /** Whether it gets past the operation, and comes to the same, with one that was taken before left for afterwards, or out. */
  function isRoundabout(reached: Reached<State>): boolean {
    const key = keyOf(reached)
    const changes = reached.took.filter((one) => !isRead(one))
    return changes.slice(0, -1).some((left, at) => {
      let rest = [here]
      for (const one of changes.toSpliced(at, 1)) rest = rest.flatMap((before) => after(before, one))
      return rest.some(
        (without) =>
          without.took.includes(id) &&
          (after(without, left).some((same) => keyOf(same) === key) ||
            (isUnknown(left) && keyOf({ ...without, took: [...without.took, left] }) === key)),
      )
    })
  }

  const given = new Set<string>()
  for (;;) {
    const size = sizeOf(blame.focus)
    const isNew = newcomers()
    isNew(here)
    const queue = [here]
    for (const before of queue) {
      if (before !== here) {
        // What was used up already might have changed it from there.
        blame.focus = joined(blame.focus, dependencies.sources(blame.focus, before.state))
        const reachable = before.took.includes(id) ? [before] : after(before, id)
        if (reachable.length === 0) blame.focus = joined(blame.focus, dependencies.looksAt(before.state, id))
        for (const reached of reachable) {
          const key = keyOf(reached)
          if (given.has(key) || isRoundabout(reached)) continue
          given.add(key)
          yield reached
        }
      }
      for (const one of likelyFirst(dependencies.changing(blame.focus, waiting, before.state, id))) {
        if (budget.steps <= 0) return
        if (one === id || before.took.includes(one)) continue
        if (isRead(one)) {
          // No state answered it so far, nor does this one: another might, before it changes.
          blame.focus = joined(blame.focus, dependencies.looksAt(before.state, one))
          continue
        }
        if (isUnknown(one) && before.took.filter(isUnknown).length >= reach.most) {
          reach.isShort = true
          continue
        }
        const all = after(before, one)
        const looks = dependencies.looksAt(before.state, one)
        const isDue = !isUnknown(one) && haveCommon(looks, blame.focus)
        const useful = all.filter(
          ({ state }) => isDue || dependencies.differ(blame.focus, before.state, state),
        )
        const isAllThereIs =
          useful.length > 0 &&
          useful.length === all.length &&
          useful.every(({ state }) => dependencies.isPlain(blame.focus, before.state, state, one))
        if (!isAllThereIs) blame.focus = joined(blame.focus, looks)
        queue.push(...useful.filter(isNew))
      }
    }
    // With more to blame than before, more may help.
    if (sizeOf(blame.focus) === size) return
  }

  /** What was answered first, then what is spoken for, then the latest, as little stays under way for long. */
  function likelyFirst(ids: readonly number[]): number[] {
    const known = ids.filter((one) => !isUnknown(one))
    const unknown = ids.filter(isUnknown).sort((a, b) => b - a)
    return [...known, ...unknown.filter(isLikely), ...unknown.filter((one) => !isLikely(one))]
  }

  /** Tells what comes to nothing else than what came before, and leaves no more for later. */
  function newcomers(): (reached: Reached<State>) => boolean {
    const seen = new Map<string, Set<number>[]>()
    return ({ state, took }) => {
      const known = took.filter((one) => !isUnknown(one)).sort((a, b) => a - b)
      const unknown = new Set(took.filter(isUnknown))
      const key = `${known.join()} ${dependencies.valuesAt(blame.focus, state)}`
      const alike = seen.get(key) ?? []
      if (alike.some((less) => [...less].every((one) => unknown.has(one)))) return false
      seen.set(key, [...alike, unknown])
      return true
    }
  }
}
