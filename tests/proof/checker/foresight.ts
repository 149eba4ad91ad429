import type { Event } from './events.ts'
import { firstFrom } from './first-from.ts'
import type { Model, Operation } from './model.ts'
import type { Position } from './position.ts'

/** Tells of a position what is bound to fail. */
export interface Foresight<State> {
  /**
   * A place, among those that have to do with some operations that took effect or no longer can,
   * at which nothing can explain the next answer any more, whatever is at all others; with it
   * those from which it could have been changed.
   */
  doomed(position: Position<State>, before: State, ids: readonly number[]): Set<string> | undefined
}

/** Sees nothing. */
export const noForesight: Foresight<unknown> = { doomed: () => undefined }

/** How many answers it looks ahead at a place. */
const answersAhead = 3

/**
 * Looks ahead place by place: which values can be there by the next answers about it, if all that is
 * under way, or called until then, can be done in any order and any number of times. Where none of
 * them explains the answer, no order does. It sees at once what else shows thousands of events later,
 * and depends on what is at the one place and which operations about it are used up.
 */
export function foresightOf<State, Input, Output>(
  model: Model<State, Input, Output>,
  operations: readonly Operation<Input, Output>[],
  events: readonly Event[],
): Foresight<State> {
  const projection = model.detail?.projection
  if (projection === undefined) return noForesight
  const { valueAt, changedFrom, after } = projection
  const touched = operations.map(({ input, output }) => model.touches?.(input, output) ?? 'everything')
  const ends = new Float64Array(operations.length).fill(Number.POSITIVE_INFINITY)
  const calls = new Float64Array(operations.length)
  // Of each place the operations that name it in the order of their calls, and the answers in theirs.
  const called = new Map<string, number[]>()
  const answered = new Map<string, number[]>()
  const wide: number[] = []
  for (const [at, { kind, id }] of events.entries()) {
    if (kind === 'call') calls[id] = at
    else ends[id] = at
    const named = touched[id] ?? 'everything'
    if (kind === 'settled') continue
    const lists = kind === 'call' ? called : answered
    if (named === 'everything') {
      if (kind === 'call') wide.push(id)
      continue
    }
    for (const place of new Set(named)) {
      const list = lists.get(place)
      if (list) list.push(id)
      else lists.set(place, [id])
    }
  }
  const callOf = (id: number) => calls[id] ?? 0
  const endOf = (id: number) => ends[id] ?? Number.POSITIVE_INFINITY

  function doomedBy(position: Position<State>, place: string, start: string): Set<string> | undefined {
    const { event: now, waiting, ahead } = position
    const direct = new Set(changedFrom(place, start))
    const sources = new Set([place])
    let values = new Set([start])
    let since = now
    let seen = 0
    const answers = answered.get(place) ?? []
    for (let at = firstFrom(answers, endOf, now); at < answers.length && seen < answersAhead; at++) {
      const next = answers[at] ?? 0
      if (ahead.has(next)) continue
      const until = endOf(next)
      if (wide.some((id) => callOf(id) < until && endOf(id) >= now)) return undefined
      if (!close(values, until, next)) return undefined
      // What was under way before the last answer may have been done before it, too.
      const isEarlier = seen > 0 && callOf(next) < since
      const left = new Set<string>()
      for (const value of values) {
        const results = afterOf(next, value)
        if (results === undefined) return undefined
        for (const result of results) left.add(result)
      }
      if (left.size === 0 && !isEarlier) return sources
      values = isEarlier ? new Set([...values, ...left]) : left
      since = until
      seen++
    }
    return undefined

    function afterOf(id: number, value: string) {
      const operation = operations[id]
      return operation && after(operation.input, operation.output, place, value)
    }

    /** Adds what else can be there by then; false where that can be anything. */
    function close(values: Set<string>, until: number, but: number): boolean {
      // A Set goes on with what is added while it is walked through.
      for (const value of values) {
        for (const source of changedFrom(place, value)) {
          sources.add(source)
          for (const id of usable(source, until)) {
            // What is due now and was not taken never is.
            if (id === but || endOf(id) === now) continue
            const results = afterOf(id, value)
            if (results === undefined) return false
            for (const result of results) values.add(result)
          }
        }
      }
      return true
    }

    function usable(source: string, until: number): number[] {
      const list = called.get(source) ?? []
      const found = waiting.at([source])
      for (let at = firstFrom(list, callOf, now); at < list.length; at++) {
        const id = list[at] ?? 0
        if (callOf(id) >= until) break
        found.push(id)
      }
      // Of what is used up only that counts which anybody sees who looks at the place.
      if (!direct.has(source)) for (const id of ahead) if (names(id, source)) found.push(id)
      return found
    }
  }

  function names(id: number, place: string): boolean {
    const named = touched[id] ?? 'everything'
    return named === 'everything' || named.includes(place)
  }

  return {
    doomed(position, before, ids) {
      const { state } = position
      const places = new Set<string>()
      for (const id of ids) {
        const named = touched[id] ?? 'everything'
        if (named === 'everything') continue
        for (const place of named) {
          const [was, is] = [valueAt(before, place), valueAt(state, place)]
          places.add(place)
          if (was !== undefined) for (const one of changedFrom(place, was)) places.add(one)
          if (is !== undefined) for (const one of changedFrom(place, is)) places.add(one)
        }
      }
      // What may yet be done needs what was used up.
      for (const id of position.waiting.at(places)) {
        const named = touched[id] ?? 'everything'
        if (position.isUnknown(id) && named !== 'everything') for (const place of named) places.add(place)
      }
      for (const place of places) {
        const value = valueAt(state, place)
        const doomed = value === undefined ? undefined : doomedBy(position, place, value)
        if (doomed !== undefined) return doomed
      }
      return undefined
    },
  }
}
