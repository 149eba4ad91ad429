/**
 * Each item with its answer, of what answers one for each in their order.
 *
 * @throws RangeError when there are more or fewer answers
 */
export function oneEach<Item, Answer>(
  items: readonly Item[],
  answers: readonly Answer[],
): (readonly [Item, Answer])[] {
  if (answers.length !== items.length)
    throw new RangeError(`${answers.length} answers for ${items.length} items`)
  return answers.map((answer, at) => [items[at] as Item, answer])
}
