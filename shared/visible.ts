/** A character that leaves something to see, by its properties in Unicode, of which an empty pattern of Braille has none. */
const seen = /[^\p{Cf}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u

/** A text, or an empty one if nothing of it can be seen. */
export function visible(text: string): string {
  return seen.test(text) ? text : ''
}
