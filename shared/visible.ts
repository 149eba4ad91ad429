/** A character that leaves something to see, by its properties in Unicode. */
const seen = /[^\p{Cf}\p{Z}\p{M}\p{Default_Ignorable_Code_Point}]/u

/** A text, or an empty one if nothing of it can be seen. */
export function visible(text: string): string {
  return seen.test(text) ? text : ''
}
