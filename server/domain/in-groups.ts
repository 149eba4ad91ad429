import { NotAsked } from '../database/errors.ts'
import { oneEach } from './one-each.ts'

export interface Grouping {
  /** How many groups may be under way. */
  readonly places: number
  /** How many items a group may have. */
  readonly most: number
  /** What has waited for this time, or twice as long, gets the place of a group that takes longer. */
  readonly placeForMs: number
  /** What has waited for this time, or twice as long, is turned away. */
  readonly patienceMs: number
}

interface Waiting<Item, End> {
  readonly item: Item
  /** The number of the look that came last, or that is due, when it began to wait. */
  readonly since: number
  resolve(end: End | PromiseLike<End>): void
  reject(error: unknown): void
}

/**
 * Works on items one by one while there is nobody else, and on those that come in the same turn of
 * the event loop, or have to wait for a place, together; a full group does not wait for the end of the turn.
 *
 * What waits for a place for too long fails with `NotAsked`. A timer is started only while something waits.
 *
 * @param work answers the ends of a group in its order; a promise among them keeps only its own item waiting
 */
export function inGroups<Item, End>(
  work: (group: readonly Item[]) => Promise<readonly (End | Promise<End>)[]>,
  { places, most, placeForMs, patienceMs }: Grouping,
): (item: Item) => Promise<End> {
  const periodMs = Math.min(placeForMs, patienceMs)
  const queue: Waiting<Item, End>[] = []
  /** The groups under way that have a place, in the order in which they began. */
  const placed: { readonly since: number }[] = []
  let isCallDue = false
  let isLookDue = false
  /** Counted in place of the time: however long the process stood still, that is one. */
  let looks = 0

  function callNext(): void {
    while (queue.length >= most && placed.length < places) void workOn(queue.splice(0, most))
    if (isCallDue || queue.length === 0) return
    if (placed.length >= places) {
      lookLater()
      return
    }
    isCallDue = true
    setImmediate(() => {
      isCallDue = false
      if (queue.length > 0 && placed.length < places) void workOn(queue.splice(0, most))
      callNext()
    })
  }

  function lookLater(): void {
    if (isLookDue) return
    isLookDue = true
    looks += 1
    setTimeout(look, periodMs).unref()
  }

  /** Looks, while something waits, for groups that take too long, and for what waits too long. */
  function look(): void {
    isLookDue = false
    placed.splice(0, outlasting(placed, placeForMs))
    for (const { reject } of queue.splice(0, outlasting(queue, patienceMs))) reject(new NotAsked())
    callNext()
  }

  /** How many of some, the oldest first, have been there for so long. */
  function outlasting(some: readonly { readonly since: number }[], ms: number): number {
    const later = some.findIndex(({ since }) => (looks - since) * periodMs < ms)
    return later === -1 ? some.length : later
  }

  async function workOn(group: readonly Waiting<Item, End>[]): Promise<void> {
    const place = { since: looks }
    placed.push(place)
    try {
      const ends = await work(group.map(({ item }) => item))
      for (const [{ resolve }, end] of oneEach(group, ends)) resolve(end)
    } catch (error) {
      for (const { reject } of group) reject(error)
    } finally {
      const at = placed.indexOf(place)
      // Another group may have it by now.
      if (at !== -1) placed.splice(at, 1)
      callNext()
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, since: looks, resolve, reject })
      callNext()
    })
}
