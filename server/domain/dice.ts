import { createHash } from 'node:crypto'

/** Answers a whole number from 0 to below `sides`, of which there are at most 256. */
export type Dice = (sides: number) => number

/** Dice that fall the same way for the same text, and for other texts some other way. */
export function diceOf(text: string): Dice {
  const rolls = createHash('shake256', { outputLength: 256 }).update(text).digest()
  let at = 0
  return (sides) => rolls.readUInt8(at++ % rolls.length) % sides
}

/** The same items in another order (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], dice: Dice): T[] {
  const rest = [...items]
  return items.flatMap(() => rest.splice(dice(rest.length), 1))
}
