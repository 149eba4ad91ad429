export interface Grouping {
  /** How many groups may be under way. */
  readonly places: number
  /** How many items a group may have. */
  readonly most: number
  /** After this time a group gives its place to the next one, though it is not done. */
  readonly placeForMs: number
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
 * @param work answers the ends of a group in its order; a promise among them keeps only its own item waiting
 */
export function inGroups<Item, End>(
  work: (group: readonly Item[]) => Promise<readonly (End | Promise<End>)[]>,
  { places, most, placeForMs }: Grouping,
): (item: Item) => Promise<End> {
  const queue: Waiting<Item, End>[] = []
  let free = places
  let isCalled = false

  function callNext(): void {
    if (isCalled || free === 0 || queue.length === 0) return
    isCalled = true
    setImmediate(() => {
      isCalled = false
      while (free > 0 && queue.length > 0) void workOn(queue.splice(0, most))
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
      for (const [at, { resolve }] of group.entries()) resolve(ends[at] as End | Promise<End>)
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
      callNext()
    })
}
