/** Where in a list in some order the first is that comes at a moment or later. */
export function firstFrom(list: readonly number[], momentOf: (id: number) => number, moment: number): number {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (momentOf(list[middle] ?? 0) < moment) low = middle + 1
    else high = middle
  }
  return low
}
