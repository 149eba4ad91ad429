import { randomFrom } from './random.ts'

/** Answers a whole number from 0 to below `sides`. */
export type Dice = (sides: number) => number

/**
 * Dice that fall the same way for the same text, and for nearly every other text some other way: by the
 * FNV-1a hash of the text, of UTF-16 units in place of octets.
 */
export function diceOf(text: string): Dice {
  let hash = 0x811c9dc5
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  const random = randomFrom(hash)
  return (sides) => Math.floor(random() * sides)
}

/** Some of the items, or all, in any order (the first steps of Fisher and Yates). */
export function drawn<T>(items: readonly T[], most: number, dice: Dice): T[] {
  const mixed = [...items]
  const count = Math.min(most, mixed.length)
  for (let at = 0; at < count; at++) {
    const from = at + dice(mixed.length - at)
    const item = mixed[from] as T
    mixed[from] = mixed[at] as T
    mixed[at] = item
  }
  // To shorten it would take longer.
  return mixed.slice(0, count)
}
