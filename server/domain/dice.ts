import { hash } from 'node:crypto'

/** Answers a whole number from 0 to below `sides`, of which there are at most 256. */
export type Dice = (sides: number) => number

/**
 * Dice that fall the same way for the same text, and for other texts some other way. After 64
 * rolls they repeat themselves; what is suggested to one person takes 50.
 */
export function diceOf(text: string): Dice {
  const rolls = hash('sha512', text, 'binary')
  let at = 0
  return (sides) => rolls.charCodeAt(at++ % rolls.length) % sides
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
