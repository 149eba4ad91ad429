/**
 * Each item with its row, of a statement that answers one for each in their order.
 *
 * @throws RangeError when there are more or fewer rows
 */
export function oneEach<Item, Row>(items: readonly Item[], rows: readonly Row[]): (readonly [Item, Row])[] {
  if (rows.length !== items.length) throw new RangeError(`${rows.length} rows for ${items.length} items`)
  return rows.map((row, at) => [items[at] as Item, row])
}
