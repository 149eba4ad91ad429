import { NotAsked } from '../database/errors.ts'
import { oneEach } from './one-each.ts'

export interface Grouping {
  /** How many groups may be under way. */
  readonly places: number
  /** How many items a group may have. */
  readonly most: number
  /** After this time a group gives its place to the next one, though it is not done. */
  readonly placeForMs: number
  /** After this time, or twice as long, what still waits for a place is turned away. */
  readonly patienceMs: number
}

interface Waiting<Item, End> {
  readonly item: Item
  resolve(end: End | PromiseLike<End>): void
  reject(error: unknown): void
}

/**
 * Works on items one by one while there is nobody else, and on those that come in the same turn of
 * the event loop, or have to wait for a place, together.
 *
 * What waits for a place for too long fails with `NotAsked`.
 *
 * @param work answers the ends of a group in its order; a promise among them keeps only its own item waiting
 */
export function inGroups<Item, End>(
  work: (group: readonly Item[]) => Promise<readonly (End | Promise<End>)[]>,
  { places, most, placeForMs, patienceMs }: Grouping,
): (item: Item) => Promise<End> {
  const queue: Waiting<Item, End>[] = []
  let free = places
  let isCalled = false
  /** How many of the queue were in it at the last look for those who wait too long. */
  let waiting = 0
  let isLookDue = false

  /** Looks, after a while, for those who wait since the look before. */
  function lookForLate(): void {
    if (isLookDue) return
    isLookDue = true
    setTimeout(() => {
      isLookDue = false
      for (const { reject } of queue.splice(0, waiting)) reject(new NotAsked())
      waiting = queue.length
      if (waiting > 0) lookForLate()
    }, patienceMs).unref()
  }

  function nextGroup(): readonly Waiting<Item, End>[] {
    const group = queue.splice(0, most)
    waiting = Math.max(0, waiting - group.length)
    return group
  }

  function callNext(): void {
    if (isCalled || free === 0 || queue.length === 0) return
    isCalled = true
    setImmediate(() => {
      isCalled = false
      while (free > 0 && queue.length > 0) void workOn(nextGroup())
    })
  }

  async function workOn(group: readonly Waiting<Item, End>[]): Promise<void> {
    free -= 1
    let isInPlace = true
    const leave = () => {
      if (!isInPlace) return
      isInPlace = false
      free += 1
      callNext()
    }
    const timer = setTimeout(leave, placeForMs)
    try {
      const ends = await work(group.map(({ item }) => item))
      for (const [{ resolve }, end] of oneEach(group, ends)) resolve(end)
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      clearTimeout(timer)
      leave()
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject })
      lookForLate()
      callNext()
    })
}
