/** Answers a whole number from 0 to below `sides`. */
export type Dice = (sides: number) => number

/**
 * Dice that fall the same way for the same text, and for nearly every other text some other way: the
 * generator mulberry32, whose 32 bits start as the FNV-1a hash of the text, of UTF-16 units in place of
 * octets. For draws, not for secrets.
 */
export function diceOf(text: string): Dice {
  let state = 0x811c9dc5
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 0x01000193)
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0
    let roll = Math.imul(state ^ (state >>> 15), state | 1)
    roll ^= roll + Math.imul(roll ^ (roll >>> 7), roll | 61)
    return ((roll ^ (roll >>> 14)) >>> 0) % sides
  }
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
